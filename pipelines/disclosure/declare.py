"""The disclosure.json of a release: what each published table says about which persons.

Lives here: turning the declarations of the marts and the places of each schooljaar into the format that anyone
can audit, and adding earlier releases. Not here: the format itself (format) and judging (audit).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipelines.disclosure.cells import CONTEXT_KOLOMMEN, OVERIG, PLAATS_KOLOMMEN, POPULATIE, counts
from pipelines.disclosure.definitions import GRENZEN, LEERLING
from pipelines.disclosure.format import Ongelijkheid, Onthulling, Tabel, Term
from pipelines.disclosure.kaart import OVERIGE, TOTAAL, Kaart

PLAATS = "plaats"
HARMLOOS = {"categorie": ["niet_te_bepalen"]}


def declare(
    tables: Mapping[str, Any],
    specs: Sequence[Any],
    kaarten: Mapping[str, Kaart],
    drempel: int,
    release: str,
    folder: str = "parquet",
    version: str = "",
) -> Onthulling:
    """The declaration of one release of one profiel, its files in `folder` relative to disclosure.json.

    `version` tells the hierarchies of this release from those of another with which it is put together.
    """
    entries: list[Tabel] = []
    sensitive: set[str] = set()
    for spec in specs:
        if not counts(spec):
            continue
        if spec.gevoelig and spec.gevoelig not in CONTEXT_KOLOMMEN:
            sensitive.add(spec.gevoelig)
        for jaar, kaart in kaarten.items():
            for figuur in counts(spec):
                entries += _entries(
                    tables[spec.tabel], spec, figuur.kolom, jaar, kaart, drempel, release, folder, version
                )
    hierarchies: dict[str, dict[str, str | list[str]]] = {"categorie": dict.fromkeys(OVERIG, "overig")}
    for jaar, kaart in kaarten.items():
        hierarchies |= hierarchies_of(kaart, jaar, version)
    harmless = {**HARMLOOS}
    for jaar in kaarten:
        for dim in ("woongemeente", "vestiging"):
            harmless[f"{dim}@{jaar}{version}"] = ["onbekend"]
    return Onthulling(
        k=drempel,
        width=drempel - 1,
        total=TOTAAL,
        sensitive_dims=sorted(sensitive),
        harmless=harmless,
        hierarchies=hierarchies,
        tables=entries,
        inequalities=[
            q
            for jaar, kaart in kaarten.items()
            for q in inequalities(entries, jaar, _listed(tables, jaar, kaart), drempel, version)
        ],
    )


def _dims(jaar: str, version: str) -> tuple[str, str]:
    return f"woongemeente@{jaar}{version}", f"vestiging@{jaar}{version}"


def hierarchies_of(kaart: Kaart, jaar: str, version: str = "") -> dict[str, dict[str, list[str]]]:
    """Child -> parents of the places of one schooljaar, under the names that the files use."""
    woon, school = _dims(jaar, version)
    above: dict[str, list[str]] = {}
    for code, (swv, bestuur, gemeente) in sorted(kaart.school.items()):
        pad = f"{swv}/{bestuur}"
        if code == "onbekend":
            above[code] = []
            continue
        first = f"{pad}/{OVERIGE}" if code in kaart.klein else pad
        above[code] = [first, gemeente]
        above.setdefault(first, [pad] if first != pad else [])
        above[pad] = [swv, bestuur]
    return {
        woon: {
            g: [regio_name(kaart, r)] if _prefix(kaart) or g != r else []
            for g, r in sorted(kaart.woon.items())
        },
        school: above,
    }


def _prefix(kaart: Kaart) -> str:
    """Put before codes of jeugdregio's where one of them is also the code of a gemeente with other inhabitants."""
    for regio in set(kaart.woon.values()):
        if regio in kaart.woon and {g for g, r in kaart.woon.items() if r == regio} != {regio}:
            return "jeugdregio "
    return ""


def regio_name(kaart: Kaart, regio: str) -> str:
    return _prefix(kaart) + regio


def _entries(
    table, spec, figuur: str, jaar: str, kaart: Kaart, drempel: int, release: str, folder: str, version: str
) -> Iterable[Tabel]:
    """One entry per gebied_soort, status and context value: every row of the table in exactly one of them."""
    woon, school = _dims(jaar, version)
    many = len(spec.figuren) > 1
    columns = {
        name: table.column(name).to_pylist()
        for name in table.column_names
        if name in ("schooljaar", "gebied_soort", *CONTEXT_KOLOMMEN) or name.endswith("status")
    }
    status = f"{figuur}_status" if many else "status"
    split = [n for n in ("gebied_soort", "reden", "stap") if n in spec.dimensies]
    if spec.methode == "afronden":
        split.append(status)
    rows = sorted(
        {tuple(columns[n][i] for n in split) for i, j in enumerate(columns["schooljaar"]) if j == jaar}
    )
    own = [d for d in spec.dimensies if d not in PLAATS_KOLOMMEN and d not in CONTEXT_KOLOMMEN]
    for values in rows:
        at = dict(zip(split, values, strict=True))
        dims, prefix = {d: d for d in own}, {}
        undetermined = "unknown"
        soort = at.get("gebied_soort")
        if soort in ("woongemeente", "jeugdregio"):
            dims[woon] = "gebied"
            if soort == "jeugdregio" and _prefix(kaart):
                prefix = {woon: _prefix(kaart)}
        elif soort in ("schoolgemeente", "swv"):
            dims[school] = "gebied"
        elif soort is None:
            if PLAATS in table.column_names:
                dims[school] = PLAATS
            elif "bestuur" in spec.dimensies:
                dims[school] = "bestuur"
            if "gemeente" in spec.dimensies:
                dims[woon] = "gemeente"
        if own == ["categorie"] and (soort in (None, "woongemeente")):
            undetermined = "zero"
        context = {"populatie": POPULATIE[figuur], "schooljaar": jaar}
        context |= {c: at[c] for c in ("reden", "stap") if c in at}
        yield Tabel(
            file=f"{folder}/{spec.tabel}.parquet",
            where={"schooljaar": jaar, **at},
            dims=dims,
            value=figuur,
            suppressed=f"{figuur}_onderdrukt" if many else "onderdrukt",
            rounding=drempel if at.get(status) == "afgerond" else 0,
            release=release,
            context=context,
            complete=True,
            undetermined=undetermined,
            prefix=prefix,
        )


def _listed(tables: Mapping[str, Any], jaar: str, kaart: Kaart) -> list[str]:
    """The vestigingen that have a row of their own in this release, and so are not small."""
    found: set[str] = set()
    for table in tables.values():
        if PLAATS in table.column_names:
            found |= {
                place
                for year, place in zip(
                    table["schooljaar"].to_pylist(), table[PLAATS].to_pylist(), strict=True
                )
                if year == jaar
            }
    return sorted(found & set(kaart.school) - set(kaart.klein) - {"onbekend"})


def inequalities(entries: Sequence[Tabel], jaar: str, listed: Sequence[str], drempel: int, version: str = ""):
    """The bounds of `definitions` between the populations that the release has, and `listed` vestigingen."""
    woon, school = _dims(jaar, version)
    place = {"woongemeente": woon, "vestiging": school}
    here = {tuple(sorted(e.context.items())) for e in entries if e.context.get("schooljaar") == jaar}
    for grens in GRENZEN:
        terms = []
        for deel in grens.delen:
            context = {"populatie": deel.populatie, "schooljaar": jaar, **dict(deel.context)}
            if tuple(sorted(context.items())) in here:
                terms.append(Term(coefficient=deel.coefficient, context=context, dims=dict(deel.codes)))
            elif not grens.optional:
                terms = []
                break
        if len(terms) > 1:
            for dim in grens.over:
                yield Ongelijkheid(over=[place[dim]], terms=terms)
    if listed:
        yield Ongelijkheid(
            over=[school],
            at_most=-2 * drempel,
            members={school: list(listed)},
            terms=[Term(coefficient=-1, context={"populatie": LEERLING, "schooljaar": jaar})],
        )


def with_place(table, spec) -> Any:
    """ondersteuning_per_school with one column that names the place of a row, whatever its level."""
    import pyarrow as pa

    if not {"swv", "bestuur", "vestigingscode"} <= set(spec.dimensies):
        return table
    names = []
    for swv, bestuur, code in zip(
        *(table[c].to_pylist() for c in ("swv", "bestuur", "vestigingscode")), strict=True
    ):
        if bestuur == TOTAAL or swv == "onbekend":
            names.append(swv)
        elif code == TOTAAL:
            names.append(f"{swv}/{bestuur}")
        else:
            names.append(code if code != OVERIGE else f"{swv}/{bestuur}/{OVERIGE}")
    return table.append_column(PLAATS, pa.array(names, pa.string()))
