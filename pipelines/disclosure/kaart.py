"""The places of one schooljaar, how they nest, and the one name of all places that hold the same leaves.

Lives here: vestigingen and woongemeenten with all that they add up to. Not here: figures about them (cells).
"""

from __future__ import annotations

from dataclasses import dataclass, field

TOTAAL = "TOTAAL"
OVERIGE = "overige vestigingen"


@dataclass
class Kaart:
    """Leaves, members and partitions of the places of one schooljaar.

    `woon`: woongemeente -> jeugdregio. `school`: vestiging -> (swv, bestuur, schoolgemeente). Two members with
    the same leaves are one: `naam` gives the finest name.
    """

    woon: dict[str, str]
    school: dict[str, tuple[str, str, str]]
    klein: set[str] = field(default_factory=set)  # vestigingen that appear only within their bestuur

    def __post_init__(self) -> None:
        # schoolgemeenten of which some vestigingen are not listed: the listed ones add up to at most the whole
        self.half = {self.school[leaf][2] for leaf in self.klein}
        self._names: dict[str, dict[str, str]] = {"woongemeente": {}, "vestiging": {}}
        self.sets: dict[str, dict[str, frozenset]] = {"woongemeente": {}, "vestiging": {}}
        for leaf, regio in sorted(self.woon.items()):
            self._put("woongemeente", leaf, {leaf})
            self.sets["woongemeente"].setdefault("jeugdregio " + regio, set()).add(leaf)
        for leaf, (swv, bestuur, gemeente) in sorted(self.school.items()):
            self._put("vestiging", leaf, {leaf})
            pad = f"{swv}/{bestuur}"
            names = [f"{pad}/{OVERIGE}"] * (leaf in self.klein)
            for name in (*names, pad, f"bestuur {bestuur}", f"schoolgemeente {gemeente}", f"swv {swv}"):
                self.sets["vestiging"].setdefault(name, set()).add(leaf)
        for dim, sets in self.sets.items():
            order = {"schoolgemeente ": 3, "swv ": 4, "bestuur ": 2}
            everybody = frozenset(self.woon if dim == "woongemeente" else self.school)
            seen: dict[frozenset, str] = {frozenset(): "niemand"}
            for name in sorted(
                sets,
                key=lambda n: (len(sets[n]), next((v for k, v in order.items() if n.startswith(k)), 1), n),
            ):
                leaves = frozenset(sets[name])
                sets[name] = leaves
                self._names[dim][name] = TOTAAL if leaves == everybody else seen.setdefault(leaves, name)

    def _put(self, dim: str, leaf: str, leaves: set) -> None:
        self.sets[dim][leaf] = leaves

    def naam(self, dim: str, name: str) -> str:
        """The one name of all members with the same leaves; TOTAAL if those are all leaves."""
        if dim not in self._names or name == TOTAAL:
            return name
        return self._names[dim].get(name, name)

    def partitions(self, dim: str) -> list[tuple[str, list[str]]]:
        """(whole, parts): every way in which a member that tables use is the sum of others."""
        many: dict[tuple[str, str], set[str]] = {}  # (kind of partition, whole) -> parts

        def put(kind: str, whole: str, part: str) -> None:
            many.setdefault((kind, self.naam(dim, whole)), set()).add(self.naam(dim, part))

        if dim == "woongemeente":
            for leaf, regio in self.woon.items():
                put("jeugdregio", TOTAAL, "jeugdregio " + regio)
                put("woongemeente", TOTAAL, leaf)
                put("woongemeente", "jeugdregio " + regio, leaf)
        else:
            for leaf, (swv, bestuur, gemeente) in self.school.items():
                pad = f"{swv}/{bestuur}"
                put("swv", TOTAAL, f"swv {swv}")
                put("schoolgemeente", TOTAAL, f"schoolgemeente {gemeente}")
                put("bestuur", TOTAAL, f"bestuur {bestuur}")
                put("pad", f"swv {swv}", pad)
                put("bestuur", f"bestuur {bestuur}", pad)
                put("vestiging", pad, f"{pad}/{OVERIGE}" if leaf in self.klein else leaf)
                if gemeente not in self.half:
                    put("school", f"schoolgemeente {gemeente}", leaf)
        return [(whole, sorted(parts)) for (_, whole), parts in sorted(many.items()) if parts != {whole}]

    def crossing(self) -> dict[tuple[str, str], list[str]]:
        """(swv, schoolgemeente) -> vestigingen, wherever there is one: what both kinds of area have in common."""
        found: dict[tuple[str, str], list[str]] = {}
        for leaf, (swv, _, gemeente) in sorted(self.school.items()):
            pair = self.naam("vestiging", "swv " + swv), self.naam("vestiging", "schoolgemeente " + gemeente)
            found.setdefault(pair, []).append(leaf)
        return found
