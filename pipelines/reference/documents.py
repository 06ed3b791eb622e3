"""The documents of a source, from a local file or folder or over HTTP.

Lives here: where a document comes from, and following a CBS table page by page. Not here: HTTP itself (fetch)
and what the documents say (duo, cbs).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from pipelines.errors import Gebruiksfout
from pipelines.reference.fetch import fetch
from pipelines.reference.sources import Bron

_PAGINAS = 500  # more pages than any table of this catalogue has: a next page that points back never ends


class Documenten:
    """Hands out the documents of one source and remembers the address and hash of each that was used."""

    def __init__(
        self, bron: Bron, van: str | Path | None, werkmap: Path, *, wacht: Callable[[float], None]
    ) -> None:
        self.bron = bron
        self.gebruikt: dict[str, str] = {}
        self.gewijzigd_op = ""
        self.op_afstand = van is None or _is_address(van)
        self._plaats = bron.adres if van is None else str(van).rstrip("/") if self.op_afstand else van
        self._werkmap, self._wacht = werkmap, wacht
        self._bytes_left = bron.grens_mb << 20

    def bestand(self) -> Path:
        """The one file of a DUO source."""
        return self._fetched(str(self._plaats)) if self.op_afstand else self._local(Path(self._plaats))

    def lijst(self, onderdeel: str, **vraag: str) -> list[dict[str, Any]]:
        """All rows of one part of a CBS table (`TypedDataSet`, `TableInfos`, a code list), all pages.

        Locally the source is a folder with the answers as CBS gives them: `<onderdeel>.json`, and for further
        pages any name that begins with it. There the question is not asked: whoever saved them asked it.
        """
        pages = self._web_pages(onderdeel, vraag) if self.op_afstand else self._local_pages(onderdeel)
        return [row for page in pages for row in page]

    def _web_pages(self, onderdeel: str, vraag: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
        query = "&".join(f"${key}={quote(value, safe='(),')}" for key, value in vraag.items())
        following = f"{self._plaats}/{onderdeel}?{query}&$format=json".replace("?&", "?")
        for _ in range(_PAGINAS):
            rows, following = self._page(self._fetched(following), following)
            yield rows
            if not following:
                return
        raise self._unreadable(onderdeel, "de tabel heeft meer bladen dan mogelijk is")

    def _local_pages(self, onderdeel: str) -> Iterator[list[dict[str, Any]]]:
        folder = Path(self._plaats)
        files = sorted(folder.glob(f"{onderdeel}*.json")) if folder.is_dir() else []
        if not files:
            raise Gebruiksfout(
                f"Voor {self.bron.naam} ontbreekt {onderdeel}.json.",
                waar=str(folder),
                remedie=f"Geef een map met de antwoorden van {self.bron.adres}, elk onder zijn eigen naam.",
            )
        last = False
        for path in files:
            rows, following = self._page(self._local(path), path.name)
            last = last or not following
            yield rows
        if not last:
            raise self._unreadable(onderdeel, "het laatste blad ontbreekt")

    def _page(self, path: Path, waar: str) -> tuple[list[dict[str, Any]], str]:
        try:
            content = json.loads(path.read_bytes())
            rows = content["value"]
            following = content.get("odata.nextLink") or content.get("@odata.nextLink") or ""
        except (ValueError, KeyError, TypeError, AttributeError):
            rows, following = None, ""
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._unreadable(waar, "het is geen (heel) antwoord van CBS in JSON")
        return rows, self._same_server(following, waar) if following and self.op_afstand else following

    def _same_server(self, following: str, waar: str) -> str:
        """The next page, over the same kind of connection as the first."""
        here = urlsplit(str(self._plaats))
        try:
            there = urlsplit(urljoin(f"{self._plaats}/", str(following)))
        except ValueError:
            there = urlsplit("")
        if there.netloc != here.netloc:
            raise self._unreadable(waar, "het volgende blad staat bij een andere server")
        return urlunsplit(there._replace(scheme=here.scheme))

    def _fetched(self, adres: str) -> Path:
        path = self._werkmap / f"{self.bron.naam}-{len(self.gebruikt)}"
        got = fetch(adres, path, grens_mb=self.bron.grens_mb, wacht=self._wacht)
        self._count(got.bytes, adres)
        self.gebruikt[adres] = got.sha256
        self.gewijzigd_op = max(self.gewijzigd_op, got.gewijzigd_op)
        return path

    def _local(self, path: Path) -> Path:
        if not path.is_file():
            raise Gebruiksfout(
                f"Het bestand voor {self.bron.naam} is er niet.",
                waar=str(path),
                remedie=f"Haal het op van {self.bron.pagina}",
            )
        self._count(path.stat().st_size, path.name)
        with path.open("rb") as handle:
            digest = sha256()
            for block in iter(lambda: handle.read(1 << 20), b""):
                digest.update(block)
        self.gebruikt[f"bestand {path.name}"] = digest.hexdigest()
        return path

    def _count(self, size: int, waar: str) -> None:
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise Gebruiksfout(
                f"De bron {self.bron.naam} is groter dan {self.bron.grens_mb} MB.",
                waar=waar,
                remedie="Controleer of dit het goede bestand is.",
            )

    def _unreadable(self, waar: str, why: str) -> Gebruiksfout:
        return Gebruiksfout(
            f"De bron {self.bron.naam} is niet te lezen: {why}.",
            waar=waar,
            remedie=f"Vergelijk met {self.bron.pagina}; wat er was, geldt nog.",
        )


def _is_address(van: str | Path) -> bool:
    return isinstance(van, str) and "://" in van
