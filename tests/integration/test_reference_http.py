"""Fetching over HTTP from a server on loopback: what goes wrong on a network, and that nothing half stays."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import Gebruiksfout, OaError
from pipelines.reference import update
from pipelines.reference.fetch import POGINGEN, WACHTTIJDEN, Opgehaald, fetch
from pipelines.settings import Settings
from tests.support.naslag import (
    DUO_02,
    DUO_06,
    Naslagserver,
    cbs_answers,
    cbs_pages,
    naslagserver,
    redirect,
    send,
    small_catalogue,
)

INHOUD = b"een;twee\n1;2\n" * 1000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Naslagserver]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with naslagserver() as running:
        yield running


class Klok:
    """Notes the pauses asked for and takes none."""

    def __init__(self) -> None:
        self.pauzes: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.pauzes.append(seconds)


def get(server: Naslagserver, folder: Path, klok: Klok | None = None, path: str = "/bestand") -> Opgehaald:
    return fetch(f"{server.adres}{path}", folder / "uit", grens_mb=1, wacht=klok or Klok())


def test_a_document_comes_in_whole_with_its_hash_and_date(server: Naslagserver, tmp_path: Path) -> None:
    server["/bestand"] = send(INHOUD, Last_Modified="Mon, 03 Aug 2026 05:00:00 GMT")
    got = get(server, tmp_path)
    assert (tmp_path / "uit").read_bytes() == INHOUD
    assert (got.bytes, got.gewijzigd_op, len(got.sha256)) == (len(INHOUD), "2026-08-03", 64)


def test_a_packed_document_is_unpacked(server: Naslagserver, tmp_path: Path) -> None:
    server["/bestand"] = send(gzip.compress(INHOUD), Content_Encoding="gzip")
    assert get(server, tmp_path).bytes == len(INHOUD)
    assert (tmp_path / "uit").read_bytes() == INHOUD


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(server: Naslagserver, tmp_path: Path, status: int) -> None:
    server["/bestand"] = [send(b"", status=status), send(b"", status=status), send(INHOUD)]
    klok = Klok()
    assert get(server, tmp_path, klok).bytes == len(INHOUD)
    assert klok.pauzes == list(WACHTTIJDEN[:2])


def test_a_server_that_stays_busy_is_given_up_on(server: Naslagserver, tmp_path: Path) -> None:
    server["/bestand"] = send(b"", status=503)
    klok = Klok()
    with pytest.raises(OaError, match="na 4 pogingen: de server antwoordt 503") as error:
        get(server, tmp_path, klok)
    assert error.value.exit_code == 1
    assert len(server.gevraagd) == POGINGEN
    assert klok.pauzes == list(WACHTTIJDEN)
    assert not (tmp_path / "uit").exists()


def test_half_a_document_is_asked_for_again_and_never_kept(server: Naslagserver, tmp_path: Path) -> None:
    half = send(INHOUD[:500], length=len(INHOUD))
    server["/bestand"] = [half, send(INHOUD)]
    assert get(server, tmp_path).bytes == len(INHOUD)
    server["/bestand"] = half
    with pytest.raises(OaError, match="de verbinding brak af"):
        get(server, tmp_path)
    assert not (tmp_path / "uit").exists()


def test_damaged_packing_is_asked_for_again(server: Naslagserver, tmp_path: Path) -> None:
    damaged = bytearray(gzip.compress(INHOUD))
    damaged[12:20] = b"\xff" * 8
    server["/bestand"] = [send(bytes(damaged), Content_Encoding="gzip"), send(INHOUD)]
    assert get(server, tmp_path).bytes == len(INHOUD)
    assert len(server.gevraagd) == 2


def test_no_more_than_the_limit_comes_in(server: Naslagserver, tmp_path: Path) -> None:
    server["/aangekondigd"] = send(b"", length=2 << 20)
    server["/ingepakt"] = send(gzip.compress(bytes(2 << 20)), Content_Encoding="gzip")
    for path in ("/aangekondigd", "/ingepakt"):
        with pytest.raises(Gebruiksfout, match="groter dan 1 MB"):
            get(server, tmp_path, path=path)
    assert len(server.gevraagd) == 2


def test_a_redirect_within_the_publisher_is_followed(server: Naslagserver, tmp_path: Path) -> None:
    server["/bestand"] = redirect("/nieuw/adres")
    server["/nieuw/adres"] = send(INHOUD)
    assert get(server, tmp_path).bytes == len(INHOUD)


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{poort}/elders",
        "http://127.0.0.1:1/elders",
        "http://127.0.0.1:{poort}99/elders",
        "file:///etc/passwd",
        "//voorbeeld.nl/x",
        "http://[::1",
    ],
)
def test_a_redirect_to_someone_else_is_refused(server: Naslagserver, tmp_path: Path, location: str) -> None:
    server["/bestand"] = redirect(location.format(poort=server.adres.rsplit(":", 1)[1]))
    with pytest.raises(Gebruiksfout, match="verwijst"):
        get(server, tmp_path)
    assert server.gevraagd == ["/bestand"]


def test_a_redirect_without_end_is_refused(server: Naslagserver, tmp_path: Path) -> None:
    server["/bestand"] = redirect("/bestand")
    with pytest.raises(Gebruiksfout, match="blijft doorverwijzen"):
        get(server, tmp_path)


def test_a_document_that_is_gone_is_not_asked_for_again(server: Naslagserver, tmp_path: Path) -> None:
    with pytest.raises(Gebruiksfout, match="antwoord 404"):
        get(server, tmp_path)
    assert len(server.gevraagd) == 1


def test_no_server_at_all_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OaError, match="verbinding brak af") as error:
        fetch(f"http://127.0.0.1:{port}/x", tmp_path / "uit", grens_mb=1, wacht=Klok())
    assert "--van BRON=BESTAND" in error.value.remedie


@pytest.mark.parametrize(
    "adres",
    [
        "file:///etc/passwd",
        "ftp://voorbeeld.nl/x",
        "https://",
        "http://naam:geheim@127.0.0.1/x",
        "https://[::1",
        "https://naam@x.nl/",
    ],
)
def test_an_address_that_is_none_is_refused_unasked(tmp_path: Path, adres: str) -> None:
    with pytest.raises(Gebruiksfout) as error:
        fetch(adres, tmp_path / "uit", grens_mb=1, wacht=Klok())
    assert "geheim" not in str(error.value)


def test_no_password_is_sent_along(
    server: Naslagserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login iemand password geheim\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    server["/bestand"] = send(INHOUD)
    get(server, tmp_path)
    assert "Authorization" not in server.koppen[0]
    assert server.koppen[0]["User-Agent"] == "ondersteuningsanalyse"


def serve_all(server: Naslagserver) -> dict[str, str]:
    """All sources on the server; CBS in pages of seven rows."""
    server["/02.csv"], server["/06.csv"] = send(DUO_02.read_bytes()), send(DUO_06.read_bytes())
    for name, parts in cbs_answers().items():
        for part, rows in parts.items():
            server[f"/{name}/{part}"] = cbs_pages(rows, 7)
    return {"vestigingen": f"{server.adres}/02.csv", "leerlingen": f"{server.adres}/06.csv"} | {
        name: f"{server.adres}/{name}" for name in cbs_answers()
    }


def test_everything_over_http_page_by_page(server: Naslagserver, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    told: list[str] = []
    nu = datetime(2026, 11, 3, tzinfo=UTC)
    outcome = update(settings, van=serve_all(server), meld=told.append, bekend=small_catalogue(), nu=nu)
    rows = {table.naam: table.rijen for table in outcome.tabellen}
    assert (rows["jeugd_cbs"], rows["jeugdhulp_cbs"]) == (6, 3)
    assert told[0].startswith("DUO: Historisch overzicht")
    asked = [path for path in server.gevraagd if path.startswith("/jeugd/TypedDataSet")]
    assert sum("skip" not in path for path in asked) == 7  # a question per year
    assert all("10010" in path and "11700" in path and "11800" not in path for path in asked)


def test_a_server_that_fails_halfway_changes_nothing(server: Naslagserver, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    van, nu = serve_all(server), datetime(2026, 11, 3, tzinfo=UTC)
    update(settings, van=van, bekend=small_catalogue(), nu=nu)
    before = {path.name: path.read_bytes() for path in settings.referentie.iterdir()}
    server["/02.csv"] = send(DUO_02.read_bytes().replace(b"De Eik", b"De Den"))
    server["/jeugdhulp/TypedDataSet"] = send(b"", status=503)
    with pytest.raises(OaError, match="leverde het bestand niet"):
        update(settings, van=van, bekend=small_catalogue(), nu=nu, wacht=Klok())
    assert {path.name: path.read_bytes() for path in settings.referentie.iterdir()} == before


def test_a_next_page_at_another_server_is_refused(server: Naslagserver, tmp_path: Path) -> None:
    van = serve_all(server)
    server["/gemeenten/TypedDataSet"] = send(
        b'{"value": [], "odata.nextLink": "https://voorbeeld.nl/verder"}'
    )
    with pytest.raises(Gebruiksfout, match="andere server"):
        update(
            Settings(home=tmp_path / "home"),
            ["gemeenten"],
            {"gemeenten": van["gemeenten"]},
            bekend=small_catalogue(),
        )


def test_a_wrong_header_over_http_is_refused(server: Naslagserver, tmp_path: Path) -> None:
    van = serve_all(server)
    server["/06.csv"] = send(DUO_06.read_bytes().replace(b"SOORT_VESTIGING", b"SOORT"))
    with pytest.raises(Gebruiksfout, match="SOORT_VESTIGING ontbreekt"):
        update(
            Settings(home=tmp_path / "home"),
            ["leerlingen"],
            {"leerlingen": van["leerlingen"]},
            bekend=small_catalogue(),
        )
