"""Names of schools and besturen that tell everyone that they are made up.

Lives here: words and how they are put together. Not here: codes (schools).
"""

from __future__ import annotations

from pipelines.synthetic.chance import Stream
from pipelines.synthetic.places import SOORTEN

_SOORTNAAM = {
    "BO": "Fictieve basisschool",
    "SBO": "Fictieve school voor speciaal basisonderwijs",
    "SO": "Fictieve so-school",
    "VSO": "Fictieve vso-school",
    "VO": "Fictief college",
    "PRO": "Fictieve praktijkschool",
}
_GROEPNAAM = {"PO": "primair onderwijs", "SO": "speciaal onderwijs", "VO": "voortgezet onderwijs"}
_VOOR = (
    "Zilver", "Koper", "Maan", "Zon", "Sterren", "Wolken", "Regenboog", "Droom", "Sprookjes", "Vuur",
    "Nevel", "Glas", "Wind", "Mos", "Dauw", "Goud", "Sneeuw", "Schaduw", "Honing", "Fluister", "Tover",
    "Luister", "Kiezel", "Zomer", "Winter", "Lente", "Herfst", "Barnsteen", "Fluweel", "Kristal",
)  # fmt: skip
_NA = (
    "linde", "beuk", "uil", "vlinder", "toren", "brug", "boot", "tuin", "bron", "molen", "vleugel",
    "ladder", "haven", "kompas", "sleutel", "draak", "eik", "zwaluw", "poort", "lantaarn", "vijver",
    "heuvel", "ster", "reiger", "boom", "spiegel", "anker", "veer", "horizon", "wilg",
)  # fmt: skip


def bestuur_name(number: int, kind: str) -> str:
    return f"Fictieve stichting {_word(number * 7 + 3)} voor {_GROEPNAAM[kind]}"


def school_names(stream: Stream, soorten: list[int], gemeenten: list[int]) -> list[str]:
    """No two schools of a soort in one gemeente share a name."""
    names, used = [], {}
    for soort, gemeente in zip(soorten, gemeenten, strict=True):
        start = used.setdefault((soort, gemeente), int(stream.between(0, 899, 1)[0]))
        used[soort, gemeente] = start + 1
        article = "" if SOORTEN[soort] == "VO" else "De "
        names.append(f"{_SOORTNAAM[SOORTEN[soort]]} {article}{_word(start * 37)}")
    return names


def _word(number: int) -> str:
    number %= len(_VOOR) * len(_NA)
    return _VOOR[number % len(_VOOR)] + _NA[number // len(_VOOR)]
