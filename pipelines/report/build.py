"""All packs of a release, in their three forms.

Lives here: which packs, in which order, written where. Not here: content and form. A pack is complete or
absent: each file is written under another name and then renamed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from pipelines.errors import Gebruiksfout
from pipelines.report.answers import read_answers
from pipelines.report.charts import draw
from pipelines.report.compare import Verschil, change_sheet, verschil
from pipelines.report.history import previous
from pipelines.report.html import render_html
from pipelines.report.pack import make_pack
from pipelines.report.pdf import render_pdf
from pipelines.report.release import Release
from pipelines.report.view import View, available
from pipelines.report.xlsx import render_xlsx

Meld = Callable[[str], None]
FORMS = ("pdf", "html", "xlsx")
MANY = 12  # packs from which a second process pays for its start


@dataclass(frozen=True)
class Order:
    """What to build, in a form that another process can read."""

    release: Path
    uit: Path
    schooljaar: str
    answers: Path | None
    forms: tuple[str, ...]
    since: Path | None


def build_packs(
    release_dir: Path,
    uit: Path,
    gemeente: str | Sequence[str] | None = None,
    swv: str | Sequence[str] | None = None,
    regio: bool = False,
    profiel: str | None = None,
    meld: Meld = lambda text: None,
    *,
    schooljaar: str | None = None,
    antwoorden: Path | None = None,
    vormen: Iterable[str] = FORMS,
    sinds: Path | None = None,
) -> list[Path]:
    """Write the packs that are asked for (all, if none is named) into `uit` and return their paths.

    `release_dir` is a release or a folder with `current`; `profiel`, if given, must be that of the release.
    `sinds` is the release that the workbook compares with, if not the one published before this. Raises Gebruiksfout.
    """
    forms = tuple(form for form in FORMS if form in set(vormen))
    if not forms:
        raise Gebruiksfout("Deze vorm van een pakket bestaat niet.", remedie=f"Kies uit: {', '.join(FORMS)}.")
    release = Release(release_dir)
    try:
        if profiel is not None and profiel != release.profiel:
            raise Gebruiksfout(
                f"Deze publicatie heeft profiel {release.profiel}, niet {profiel}.",
                waar=str(release.folder),
                remedie="Wijs de map van het andere profiel aan.",
            )
        year = schooljaar or release.schooljaren[-1]
        if year not in release.schooljaren:
            raise Gebruiksfout(
                f"Deze publicatie heeft geen schooljaar {year}.",
                waar=str(release.folder),
                remedie=f"Kies uit: {', '.join(release.schooljaren)}.",
            )
        wanted = _wanted(release, gemeente, swv, regio)
        for kind, code in wanted:
            View(release, kind, code, year)  # refuses an area that is not there, before anything is made
        order = Order(
            release.folder, uit, year, antwoorden, forms, sinds or _comparable(release.folder, meld)
        )
    finally:
        release.close()
    uit.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for number, (name, paths) in enumerate(_all(order, wanted), 1):
        made += paths
        meld(f"Pakket {number} van {len(wanted)}: {name}")
    return made


def _wanted(
    release: Release, gemeente: str | Sequence[str] | None, swv: str | Sequence[str] | None, regio: bool
) -> list[tuple[str, str]]:
    named = [("gemeente", code) for code in _codes(gemeente)]
    named += [("swv", code) for code in _codes(swv)]
    named += [("regio", "TOTAAL")] if regio else []
    if named:
        return named
    return [(kind, code) for kind, codes in available(release).items() for code in codes]


def _codes(given: str | Sequence[str] | None) -> list[str]:
    return [given] if isinstance(given, str) else list(dict.fromkeys(given or ()))


def _all(order: Order, wanted: list[tuple[str, str]]) -> Iterator[tuple[str, list[Path]]]:
    workers = min(4, os.cpu_count() or 1)
    if len(wanted) < MANY or workers < 2:
        yield from _some(order, wanted)
        return
    size = max(1, min(8, -(-len(wanted) // (2 * workers))))
    parts = [wanted[start : start + size] for start in range(0, len(wanted), size)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for found in pool.map(_part, [order] * len(parts), parts):
            yield from found


def _part(order: Order, wanted: list[tuple[str, str]]) -> list[tuple[str, list[Path]]]:
    return list(_some(order, wanted))


def _some(order: Order, wanted: list[tuple[str, str]]) -> Iterator[tuple[str, list[Path]]]:
    release = Release(order.release)
    answers = read_answers(order.answers)
    found = _compared(order.since, order.release) if order.since else None
    try:
        for kind, code in wanted:
            view = View(release, kind, code, order.schooljaar)
            changes = change_sheet(found, view) if found else None
            pack = make_pack(view, answers, changes)
            drawings = {} if order.forms == ("xlsx",) else {chart.id: draw(chart) for chart in pack.charts()}
            paths = []
            for form in order.forms:
                if form == "pdf":
                    content = render_pdf(pack, drawings)
                elif form == "html":
                    content = render_html(pack, drawings).encode()
                else:
                    content = render_xlsx(pack)
                paths.append(_write(order.uit / f"{pack.file_stem}.{form}", content))
            yield pack.subtitle, paths
    finally:
        release.close()


def _comparable(release: Path, meld: Meld) -> Path | None:
    """The release before this one, if it can still be read."""
    earlier = previous(release)
    if earlier is None:
        return None
    try:
        Release(earlier).close()
    except Gebruiksfout as error:
        meld(f"Niet vergeleken met de vorige uitgave {earlier.name}: {error.wat}")
        return None
    return earlier


@cache
def _compared(since: Path, release: Path) -> Verschil:
    """Once per process: all packs of a release share it."""
    return verschil(since, release)


def _write(path: Path, content: bytes) -> Path:
    half = path.with_name(f".{path.name}.deel")
    half.write_bytes(content)
    half.replace(path)
    return path
