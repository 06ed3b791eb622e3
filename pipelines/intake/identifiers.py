"""Recognising what identifies a person inside a text: numbers, addresses, dates of birth.

Lives here: pure functions from a text to the kinds of identifier in it. Not here: which cells are looked at
(guard). Numbers are proven by their check digit (python-stdnum), not by their looks alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from stdnum import iban
from stdnum.nl import bsn, onderwijsnummer

#: Kinds of identifier, with what a message calls them.
SOORTEN = {
    "persoonsnummer": "een burgerservicenummer of onderwijsnummer",
    "e-mailadres": "een e-mailadres",
    "telefoonnummer": "een telefoonnummer",
    "rekeningnummer": "een IBAN",
    "adres": "een postcode met huisnummer",
    "datum": "een volledige datum (geboortedatum?) waar geen datum hoort",
    "formule": "een formule, die zou draaien als iemand het bestand in een rekenblad opent",
    "vrije_tekst": "vrije tekst waar een code hoort",
}
#: RE2 for DuckDB: every text that `examine` could have something to say about matches it.
_DIGIT = r"[0-9][^0-9A-Za-z]{0,3}"
VOORZEEF = (
    "@|"
    + 7 * _DIGIT
    + r"[0-9]|(?i:[a-z]{2}[ .-]?[0-9]{2}[ .-]?[a-z]{4})|(?i:[1-9][0-9]{3}[ \x{00A0}]?[a-z]{2})"
    r"|[0-9][ ]?[-./ ][ ]?[0-9]{1,2}[ ]?[-./ ][ ]?[12][0-9]{3}|[12][0-9]{3}[-./ ][0-9]{1,2}[-./ ][0-9]"
    r"|(?i:[0-9](e|ste|de)?[ -./]*(jan|feb|m(aa)?rt|apr|mei|jun|jul|aug|sep|okt|nov|dec))"
    r"|^[=@+\-\t\r|]|[^\x{0001}-\x{024F}\x{20AC}\x{2018}-\x{201D}\x{2013}]"
)
_NINE = re.compile(r"(?<![0-9])[0-9](?:[ .\-/_,]{0,3}[0-9]){8}(?![0-9])")
_EIGHT = re.compile(r"[1-9][0-9]{7}")
_EMAIL = re.compile(r"[^\s@,;<>()]+@[^\s@,;<>()]+\.[A-Za-z]{2,}")
_PHONE = re.compile(
    r"(?<![0-9])(?:\+ ?31|00 ?31|0)[\s\-.()/]*(?:\(0\))?[1-9](?:[\s\-.()/]{0,2}[0-9]){8}"
    r"(?![0-9])"
)
_ABROAD = re.compile(r"(?<![0-9A-Za-z])\+ ?[1-9](?:[\s\-.()/]{0,2}[0-9]){8,13}(?![0-9])")
_IBAN_NL = re.compile(r"(?=(NL[0-9]{2}[A-Z]{4}[0-9]{10}))")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_POSTCODE = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{3}(?:[ \u00a0]?(?!SA|SD|SS)[A-Z]{2}|[a-z]{2})"
    r"(?![0-9A-Za-z])"
)
_HOUSE = re.compile(r"(?<![0-9])[0-9]{1,5}(?![0-9])")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari",
            "feb februari",
            "mrt maa maart",
            "apr april",
            "mei",
            "jun juni",
            "jul juli",
            "aug augustus",
            "sep sept september",
            "okt oktober",
            "nov november",
            "dec december",
        ),
        1,
    )
    for name in names.split()
}
_DMY = re.compile(r"(?<![0-9])([0-3]?[0-9]) ?[-./ ] ?([01]?[0-9]) ?[-./ ] ?([12][0-9]{3})(?![0-9])")
_YMD = re.compile(r"(?<![0-9])([12][0-9]{3})[-./ ]([01]?[0-9])[-./ ]([0-3]?[0-9])(?![0-9])")
_WORDS = re.compile(
    r"(?<![0-9])([0-3]?[0-9])(?:e|ste|de)?[ -./]*([a-z]{3,9})\.?[ -./]*([12][0-9]{3})"
    r"(?![0-9])"
)
_SOLID = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])|([0-3][0-9])([01][0-9])([12][0-9]{3})")
_LOWEST_NUMBER = 10_000_000  # no BSN or onderwijsnummer was ever issued below; zero-filled sequences are


def examine(text: str, *, code: bool = False, sequence: bool = False) -> set[str]:
    """The kinds of identifier in `text` (keys of SOORTEN).

    `code`: a code was expected, so a sentence counts too. `sequence`: a running number was expected, so eight
    digits are no date or number without its zero.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(char for char in text if unicodedata.category(char) != "Cf").strip()
    found = set()
    if has_person_number(text, alone=not sequence):
        found.add("persoonsnummer")
    if "@" in text and _EMAIL.search(text):
        found.add("e-mailadres")
    if _PHONE.search(text) or _ABROAD.search(text):
        found.add("telefoonnummer")
    if _has_iban(text):
        found.add("rekeningnummer")
    if _has_address(text):
        found.add("adres")
    if any(_is_day(*parts) for parts in _days(text, solid=not sequence)):
        found.add("datum")
    if len(text) > 1 and (text[0] in "=@|" or (text[0] in "+-" and not text[1:2].isdigit() and "(" in text)):
        found.add("formule")
    if code and (len(text) > 60 or len(text.split()) > 3):
        found.add("vrije_tekst")
    return found


def has_person_number(text: str, *, alone: bool = True) -> bool:
    """True if nine digits in the text, perhaps with dots or spaces, pass the elfproef.

    `alone`: also eight digits that are the whole text (a number that lost its leading zero in a sheet).
    """
    for match in _NINE.finditer(text):
        if is_person_number("".join(filter(str.isdigit, match.group()))):
            return True
    return (
        alone
        and _EIGHT.fullmatch(text) is not None
        and is_person_number("0" + text)
        and not any(_is_day(*parts) for parts in _days(text, solid=True))
    )


def is_person_number(digits: str) -> bool:
    """True for nine digits that are a valid BSN or onderwijsnummer."""
    return (
        len(digits) == 9
        and int(digits) >= _LOWEST_NUMBER
        and (bsn.is_valid(digits) or onderwijsnummer.is_valid(digits))
    )


def _has_iban(text: str) -> bool:
    upper = text.upper()
    solid = re.sub(r"[\s.\-]", "", upper)
    if any(iban.is_valid(match.group(1)) for match in _IBAN_NL.finditer(solid)):
        return True
    words = [solid, *re.split(r"[\s,;:()]+", upper)]
    return any(_IBAN.fullmatch(word) and iban.is_valid(word) for word in words)


def _has_address(text: str) -> bool:
    for match in _POSTCODE.finditer(text):
        if _HOUSE.search(text[: match.start()]) or _HOUSE.search(text[match.end() :]):
            return True
    return False


def _days(text: str, *, solid: bool) -> Iterator[tuple[int, int, int]]:
    for day, month, year in _DMY.findall(text):
        yield int(year), int(month), int(day)
    for year, month, day in _YMD.findall(text):
        yield int(year), int(month), int(day)
    for day, word, year in _WORDS.findall(text.lower()):
        if word in _MONTHS:
            yield int(year), _MONTHS[word], int(day)
    if solid and (match := _SOLID.fullmatch(text)):
        year, month, day = match.groups()[:3] if match[1] else match.groups()[:2:-1]
        yield int(year), int(month), int(day)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return 1900 <= date(year, month, day).year <= 2100
    except ValueError:
        return False
