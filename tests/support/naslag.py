"""Public sources as tests need them: a small catalogue, answers of CBS with made-up figures, and a server.

Lives here: what DUO and CBS would answer, and a web server on loopback that stops with its context. Not here:
what the product makes of it. Gemeenten exist, figures do not.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipelines.reference.sources import Bron, catalogue

NASLAG = Path(__file__).resolve().parents[1] / "fixtures" / "naslag"
DUO_02, DUO_06 = NASLAG / "duo_02.csv", NASLAG / "duo_06.csv"
GEMEENTEN = {"GM0200": "Apeldoorn", "GM0307": "Amersfoort", "GM1940": "De Fryske Marren"}
PROVINCIES = {"GM0200": ("PV25", "Gelderland"), "GM0307": ("PV26", "Utrecht"), "GM1940": ("PV21", "Fryslân")}
# As CBS codes ages: its first is an exception, so no rule of ours may rely on the pattern.
LEEFTIJD = {f"{age} jaar": "10010" if age == 0 else str(10000 + 100 * age) for age in range(20)}
ANTWOORD = Callable[[BaseHTTPRequestHandler], None]


def small_catalogue(**minimum: int) -> Mapping[str, Bron]:
    """The real catalogue, content with a few rows."""
    return {
        name: bron.model_copy(update={"minimum_rijen": minimum.get(name, 3)})
        for name, bron in catalogue().items()
    }


def padded(code: str) -> str:
    return code.ljust(8)


def table_info(title: str) -> list[dict[str, Any]]:
    return [{"ID": 0, "Title": title, "Identifier": "00000NED"}]


def gebieden() -> list[dict[str, Any]]:
    return [
        {
            "Code_1": padded(code),
            "Naam_2": name.ljust(30),
            "Code_28": padded(PROVINCIES[code][0]),
            "Naam_29": f"{PROVINCIES[code][1]} (PV)".ljust(30),
        }
        for code, name in GEMEENTEN.items()
    ]


def leeftijden() -> list[dict[str, Any]]:
    coded = {"Totaal": "10000", **LEEFTIJD}
    return [{"Key": padded(key), "Title": title, "CategoryGroupID": 2} for title, key in coded.items()]


def bevolking(*years: int) -> list[dict[str, Any]]:
    """18 residents per age and gemeente, one more per gemeente; GM0003 no longer exists."""
    return [
        {
            "Geslacht": "T001038",
            "Leeftijd": padded(key),
            "BurgerlijkeStaat": "T001019",
            "RegioS": padded(code),
            "Perioden": f"{year}JJ00",
            "BevolkingOp1Januari_1": None if code == "GM0003" else 18 + place,
        }
        for year in years
        for place, code in enumerate([*GEMEENTEN, "GM0003"])
        for title, key in LEEFTIJD.items()
        if int(title.split()[0]) < 18
    ]


def jeugdhulp() -> list[dict[str, Any]]:
    return [
        {"RegioS": padded(code), "Perioden": period, "JongerenMetJeugdhulpInNatura_1": share}
        for code in [*GEMEENTEN, "NL01"]
        for period, share in (("2024HJ01", 9.9), ("2024JJ00", 12.5), ("2025JJ00", None))
    ]


def cbs_answers() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Per source: its parts with all their rows."""
    bronnen = catalogue()
    return {
        "gemeenten": {"TableInfos": table_info("Gebieden in Nederland 2026"), "TypedDataSet": gebieden()},
        "jeugd": {
            "TableInfos": table_info(bronnen["jeugd"].titel),
            "Leeftijd": leeftijden(),
            "TypedDataSet": bevolking(2025, 2026),
        },
        "jeugdhulp": {"TableInfos": table_info(bronnen["jeugdhulp"].titel), "TypedDataSet": jeugdhulp()},
    }


def cbs_folder(folder: Path, parts: Mapping[str, list[dict[str, Any]]]) -> Path:
    """The answers as a person would save them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in parts.items():
        (folder / f"{name}.json").write_text(json.dumps({"value": rows}), encoding="utf-8")
    return folder


def send(content: bytes, *, status: int = 200, length: int | None = None, **headers: str) -> ANTWOORD:
    """An answer with this body; `length` announces another size than it has."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(content) if length is None else length))
        request.end_headers()
        request.wfile.write(content)

    return answer


def redirect(location: str) -> ANTWOORD:
    return send(b"", status=302, Location=location)


def cbs_pages(rows: list[dict[str, Any]], size: int) -> ANTWOORD:
    """The rows as CBS pages them, with a next link until the last; filtered on the period asked for."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        query = parse_qs(parts.query)
        where = query.get("$filter", [""])[0]
        chosen = [row for row in rows if "Perioden eq" not in where or f"'{row['Perioden']}'" in where]
        start = int(query.get("$skip", ["0"])[0])
        page: dict[str, Any] = {"odata.metadata": "x", "value": chosen[start : start + size]}
        if start + size < len(chosen):
            kept = "&".join(part for part in parts.query.split("&") if not part.startswith("$skip"))
            host = request.headers["Host"]
            page["odata.nextLink"] = f"http://{host}{parts.path}?{kept}&$skip={start + size}"
        send(json.dumps(page).encode())(request)

    return answer


class Naslagserver:
    """Answers per path; a list of answers is given one by one, the last one for ever."""

    def __init__(self, adres: str) -> None:
        self.adres = adres
        self.antwoorden: dict[str, list[ANTWOORD]] = {}
        self.gevraagd: list[str] = []
        self.koppen: list[dict[str, str]] = []

    def __setitem__(self, path: str, answer: ANTWOORD | list[ANTWOORD]) -> None:
        self.antwoorden[path] = answer if isinstance(answer, list) else [answer]


@contextmanager
def naslagserver() -> Iterator[Naslagserver]:
    """A server on a free port of 127.0.0.1 for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            state.gevraagd.append(self.path)
            state.koppen.append(dict(self.headers))
            answers = state.antwoorden.get(path, [send(b"", status=404)])
            (answers.pop(0) if len(answers) > 1 else answers[0])(self)

        def log_message(self, format: str, *args: object) -> None:
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Naslagserver(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
