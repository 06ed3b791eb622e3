"""A proposal for a mapping, for a person to confirm: which column and which value probably means what.

Lives here: comparing names and contents of an unknown file with a contract, and writing that as mapping
YAML. Not here: using a mapping (reading), which happens only with a file that a person confirmed and put in
place.

Values of the file appear in the proposal only where they look like a code of the contract; whatever else is
in the file stays there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from pipelines.contracts import Column, Contract
from pipelines.errors import LeveringGeweigerd
from pipelines.intake.guard import name_kinds
from pipelines.intake.reading import Lezing, open_delivery
from pipelines.intake.reading.header import positions
from pipelines.intake.reading.source import identifier

#: Names that bronsystemen use, as far as they are not close to the contract's own.
SYNONIEMEN = {
    "leerling_pseudoniem": ("bsn", "burgerservicenummer", "onderwijsnummer", "pgn", "leerling"),
    "jeugdige_pseudoniem": ("bsn", "burgerservicenummer", "client", "jeugdige"),
    "vestigingscode": ("vestiging", "brin", "brincode", "school", "locatie"),
    "woongemeente": ("gemeentecode", "woonplaatsgemeente", "gemeente leerling"),
    "gemeente": ("gemeentecode", "woonplaatsbeginsel gemeente"),
    "aanbieder_code": ("agb", "agbcode", "aanbieder", "zorgaanbieder"),
    "productcategorie": ("categorie", "productgroep"),
    "productcode": ("product", "code product"),
    "toewijzing_id": ("toewijzingnummer", "beschikkingsnummer"),
    "toegewezen_op": ("toewijzingsdatum", "datum toewijzing", "datum besluit", "beschikkingsdatum"),
    "ingang_op": ("ingangsdatum", "begindatum", "startdatum"),
    "start_op": ("startdatum", "begindatum", "ingangsdatum", "start ondersteuning"),
    "eind_op": ("einddatum", "stopdatum", "datum einde"),
    "reden_wijziging": ("redenwijziging", "reden"),
    "behoefte_vastgesteld_op": ("datum aanvraag", "aanvraagdatum", "datum behoefte", "signaleringsdatum"),
    "besluit_op": ("besluitdatum", "datum besluit", "datum toekenning"),
    "ondersteuningsbehoefte": ("behoefte", "hulpvraag"),
    "ondersteuningsvorm": ("vorm", "soort ondersteuning", "arrangement"),
    "afwijsreden": ("reden afwijzing", "afwijzingsgrond"),
    "financiering": ("bekostiging", "financier"),
    "status": ("stand", "toestand", "fase"),
    "op_school": ("hulp op school", "locatie school"),
}
_CLOSE = 78  # of 100; below this two names are rather two things
_CLOSE_VALUE = 80
_MANY = 40  # a column with more values than this is no list of codes
_SAMPLE = 20_000


@dataclass(frozen=True)
class Voorstel:
    """`tekst` is the YAML to write; `gevonden` and `open` name contract columns found and not found."""

    tekst: str
    gevonden: tuple[str, ...]
    open: tuple[str, ...]


def propose_mapping(path: Path, contract: Contract) -> Voorstel:
    """Compare the file with the contract; LeveringGeweigerd if it cannot be read or its header holds
    persons.
    """
    con = duckdb.connect()
    names = frozenset(alias for aliases in SYNONIEMEN.values() for alias in aliases)
    with con, open_delivery(path, contract, con, namen=names) as lezing:
        personal = [number for number, name in enumerate(lezing.columns, 1) if name_kinds(name)]
        if personal:
            raise LeveringGeweigerd(
                "Een kolomnaam bevat een persoonsgegeven; waarschijnlijk heeft het bestand geen kop.",
                waar=f"kolom {positions(personal)}",
                remedie="Zet in de eerste rij de namen van de kolommen.",
            )
        with lezing.bewaakt():
            values = {name: _codes(con, lezing, name) for name in lezing.columns}
    pairs = _pair(lezing.columns, values, contract)
    if len(pairs) < 2:
        raise LeveringGeweigerd(
            f"Het bestand lijkt niet op contract {contract.name}.",
            remedie="Kies een ander contract, of controleer of de eerste rij de namen van de kolommen heeft.",
        )
    return _proposal(contract, lezing.columns, pairs, values)


def write_proposal(path: Path, contract: Contract) -> Path:
    """Write the proposal beside the file as `<naam>.koppeling.yaml` and return its path."""
    target = path.with_name(path.stem + ".koppeling.yaml")
    target.write_text(propose_mapping(path, contract).tekst, encoding="utf-8", newline="\n")
    return target


def _codes(con: duckdb.DuckDBPyConnection, lezing: Lezing, name: str) -> list[str]:
    """The different values of a column, if they are few and repeat: then it is a list of codes."""
    text = identifier(name)
    rows = con.execute(
        f"SELECT {text}, count(*) FROM (FROM ({lezing.relation}) LIMIT {_SAMPLE}) "
        f"WHERE {text} IS NOT NULL GROUP BY ALL ORDER BY ALL LIMIT {_MANY + 1}"
    ).fetchall()
    return [value for value, _ in rows] if len(rows) <= _MANY else []


def _pair(header: list[str], values: dict[str, list[str]], contract: Contract) -> dict[str, str]:
    """Contract column to file column: the best matches first, each used once."""
    scores = sorted(
        (
            (_score(name, values[name], column), -place, -number, column.name, name)
            for place, column in enumerate(contract.columns)
            for number, name in enumerate(header)
        ),
        reverse=True,
    )
    pairs: dict[str, str] = {}
    for score, _, _, target, name in scores:
        if score >= _CLOSE and target not in pairs and name not in pairs.values():
            pairs[target] = name
    return pairs


def _score(name: str, values: list[str], column: Column) -> float:
    from rapidfuzz import fuzz

    plain = _plain(name)
    if plain == _plain(column.name):
        return 200
    aliases = [_plain(alias) for alias in SYNONIEMEN.get(column.name, ())]
    by_name = (
        150
        if plain in aliases
        else max(fuzz.token_sort_ratio(plain, known) for known in (_plain(column.name), *aliases))
    )
    if column.codes and values:
        share = sum(1 for value in values if _translate(value, column.codes)) / len(values)
        return max(by_name, 60 + 80 * share) if share >= 0.5 else by_name
    return by_name


def _translate(value: str, codes: tuple[str, ...]) -> str | None:
    """The code that a value stands for, if one is clearly nearest."""
    from rapidfuzz import fuzz, process

    plain = {_plain(code): code for code in codes}
    if _plain(value) in plain:
        return plain[_plain(value)]
    found = process.extract(_plain(value), list(plain), scorer=fuzz.WRatio, limit=2)
    if not found or found[0][1] < _CLOSE_VALUE or (len(found) > 1 and found[1][1] == found[0][1]):
        return None
    # A whole sentence that happens to hold a code is no code.
    return plain[found[0][0]] if len(value) <= 2 * len(found[0][0]) + 4 else None


def _proposal(
    contract: Contract, header: list[str], pairs: dict[str, str], values: dict[str, list[str]]
) -> Voorstel:
    kolommen = {
        column.name: pairs[column.name]
        for column in contract.columns
        if column.name in pairs and pairs[column.name] != column.name
    }
    waarden: dict[str, dict[str, str]] = {}
    unknown: dict[str, int] = {}
    for column in contract.columns:
        if column.name not in pairs or not column.codes or column.codelijst:
            continue
        found = {
            value: _translate(value, column.codes)
            for value in values[pairs[column.name]]
            if value not in column.codes
        }
        waarden[column.name] = {value: code for value, code in found.items() if code}
        unknown[column.name] = sum(code is None for code in found.values())
    weglaten = [name for name in header if name not in pairs.values()]
    missing = tuple(column.name for column in contract.columns if column.name not in pairs)
    lines = [
        "# Voorstel voor een koppeling, uit vergelijken van namen en inhoud. Nog niets is toegepast.",
        "# Controleer elke regel, vul aan wat ontbreekt, geef het bestand dan mee met --koppeling",
        "# (of zet het in referentie/koppelingen/ als de regio de levering zo aanneemt).",
        *(
            f"# Niet gevonden: {name}. Noem de kolom bij kolommen, of de vaste waarde bij vast."
            for name in missing
        ),
        *(
            f"# {name}: {count} verschillende waarden zijn niet herkend; vul ze aan bij waarden."
            for name, count in unknown.items()
            if count
        ),
    ]
    body: dict[str, object] = {"contract": contract.name, "kolommen": kolommen}
    if any(waarden.values()):
        body["waarden"] = {name: table for name, table in waarden.items() if table}
    if weglaten:
        body["weglaten"] = weglaten
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100)
    return Voorstel("\n".join(lines) + "\n" + text, tuple(pairs), missing)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").replace(".", " ").split())
