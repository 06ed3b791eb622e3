"""What a bronhouder counts in its own deliveries, as facts for the audit: one reader per bestuur, and the gemeenten.

Lives here: which counts those are, from the crossing that is never published, by the names of a disclosure.json. Not
here: judging (audit), and nothing of the suppressor, which thinks for itself of what bronhouders know.

A bestuur counts at its own vestigingen the pupils with onderwijs (alleen_onderwijs and samenloop together: it does
not know who of them has jeugdhulp), in the grijze gebied, niet te bepalen and in aanvraag, and the reasons that its own
rows give. A gemeente counts its inhabitants with jeugdhulp. The gemeenten are taken as one reader who has all their
files, which is more than any of them has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.disclosure.audit_cells import INFINITE, base
from pipelines.disclosure.audit_known import Bekend
from pipelines.disclosure.format import Onthulling

MET_ONDERWIJS, MET_JEUGDHULP = "met onderwijs", "met jeugdhulp"
SAMEN = {MET_ONDERWIJS: ("alleen_onderwijs", "samenloop"), MET_JEUGDHULP: ("alleen_jeugdhulp", "samenloop")}
GETELD = ("grijs_gebied", "niet_te_bepalen", "in_aanvraag")
EIGEN_REDENEN = (
    "verantwoordelijkheid_in_overleg",
    "wacht_zonder_verantwoordelijke",
    "wacht_op_besluit",
    "verantwoordelijke_onbekend",
)
GEMEENTEN = "alle gemeenten samen"
Telling = dict[tuple[str, str], int]  # (place, categorie) -> leerlingen


def with_own_counts(one: Onthulling) -> Onthulling:
    """The declaration with names for what bronhouders count together; it says nothing more than before."""
    tree = {leaf: _listed(above) for leaf, above in one.hierarchies.get("categorie", {}).items()}
    for name, parts in SAMEN.items():
        for part in parts:
            tree[part] = [*tree.get(part, []), name]
    return one.model_copy(update={"hierarchies": {**one.hierarchies, "categorie": tree}})


def own_counts(one: Onthulling, kruising: pa.Table) -> dict[str, list[Bekend]]:
    """Per reader what it counts, of the schooljaren in `kruising`.

    `kruising`: schooljaar, vestigingscode, gemeente, categorie, leerlingen (true).
    """
    readers: dict[str, list[Bekend]] = defaultdict(list)
    counted_jaren = set(kruising["schooljaar"].unique().to_pylist())
    for version, tree in one.hierarchies.items():
        jaar = version.partition("@")[2]
        # else places of an earlier release, or a schooljaar that the warehouse has no more
        if jaar not in counted_jaren:
            continue
        if base(version) == "vestiging":
            counted = _count(kruising, jaar, "vestigingscode")
            woon = f"woongemeente@{jaar}"
            for bestuur, members in _per_bestuur(tree).items():
                facts = readers[f"bestuur {bestuur}"]
                facts += _of_bestuur(version, jaar, members, counted)
                whole = [name for name in members if name.rpartition("/")[2] == bestuur]
                facts += _by_home(version, jaar, whole, woon, one.hierarchies.get(woon, {}))
        elif base(version) == "woongemeente":
            counted = _count(kruising, jaar, "gemeente")
            for gemeente in tree:
                total = sum(counted.get((gemeente, c), 0) for c in SAMEN[MET_JEUGDHULP])
                readers[GEMEENTEN].append(
                    _bekend(jaar, {version: gemeente, "categorie": MET_JEUGDHULP}, total, total)
                )
    return dict(readers)


def _of_bestuur(version: str, jaar: str, members: dict[str, set[str]], counted: Telling) -> Iterator[Bekend]:
    for member, leaves in members.items():
        for name in (MET_ONDERWIJS, *GETELD):
            total = sum(counted.get((leaf, c), 0) for leaf in leaves for c in SAMEN.get(name, (name,)))
            yield _bekend(jaar, {version: member, "categorie": name}, total, total)
        for reden in EIGEN_REDENEN:  # its own rows tell these; they need no protection from it
            yield _bekend(jaar, {version: member}, 0, int(INFINITE), reden=reden)


def _by_home(
    version: str, jaar: str, members: list[str], woon: str, gemeenten: Iterable[str]
) -> Iterator[Bekend]:
    """Where its own pupils live a bestuur can count; that needs no protection from it. It is not taken as known."""
    for member in members:
        for gemeente in gemeenten:
            for name in (MET_ONDERWIJS, *GETELD):
                yield _bekend(jaar, {version: member, woon: gemeente, "categorie": name}, 0, int(INFINITE))


def _bekend(jaar: str, dims: dict[str, str], low: int, high: int, reden: str = "") -> Bekend:
    return Bekend(_context(jaar, reden), dims, low, high)


@cache  # one for all facts about it: there are tens of thousands of those
def _context(jaar: str, reden: str) -> dict[str, str]:
    return {"populatie": "leerling", "schooljaar": jaar} | ({"reden": reden} if reden else {})


def _count(kruising: pa.Table, jaar: str, place: str) -> Telling:
    own = kruising.filter(pc.equal(kruising["schooljaar"], jaar)).group_by([place, "categorie"])
    summed = own.aggregate([("leerlingen", "sum")])
    columns = (summed[c].to_pylist() for c in (place, "categorie", "leerlingen_sum"))
    return {(where, categorie): int(total) for where, categorie, total in zip(*columns, strict=True)}


def _per_bestuur(tree) -> dict[str, dict[str, set[str]]]:
    """bestuur -> every member that holds vestigingen of that bestuur only -> those vestigingen."""
    above = {name: _listed(parents) for name, parents in tree.items()}
    inner = {parent for parents in above.values() for parent in parents}
    leaves: dict[str, set[str]] = defaultdict(set)
    for leaf in set(above) - inner:
        todo = [leaf]
        while todo:
            name = todo.pop()
            leaves[name].add(leaf)
            todo += above.get(name, [])
    besturen = {
        parent for name, parents in above.items() if "/" in name for parent in parents if "/" not in parent
    } & {name.rpartition("/")[2] for name in above if name.count("/") == 1}
    return {
        bestuur: {name: found for name, found in sorted(leaves.items()) if found <= leaves[bestuur]}
        for bestuur in sorted(besturen)
    }


def _listed(parents) -> list[str]:
    return [parents] if isinstance(parents, str) else list(parents)
