"""What an audit found, in counts; intervals of single cells only for those who may see them.

Lives here: the report and its words. Not here: how a cell is judged (audit).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CERTIFIED, FINDINGS, NOT_CERTIFIED = "certified", "findings", "not_certified"
UITLEG = {
    "exact": "exact uit te rekenen",
    "smal": "in te sluiten tot een te klein interval",
    "groep": "iedereen onder een getoond totaal valt in één gevoelige categorie",
    "tegenstrijdig": "gepubliceerde cijfers spreken elkaar tegen",
    "onbeslist": "niet op tijd te bewijzen of te weerleggen",
    "te_groot": "het gezamenlijke stelsel is te groot om op te lossen",
}


@dataclass(frozen=True)
class Zwak:
    """One figure and what an attacker can work out about it."""

    context: dict[str, str]
    members: dict[str, str]
    low: int
    high: int | None
    reden: str
    lezer: str = ""
    door: tuple[
        tuple[dict[str, str], dict[str, str]], ...
    ] = ()  # published figures that enclose it, where sought


@dataclass
class AuditReport:
    """The verdict over one disclosure.json. `weakest` is not printed unless asked for."""

    verdict: str = CERTIFIED
    reasons: Counter = field(default_factory=Counter)
    systems: int = 0
    variables: int = 0
    rows: int = 0
    targets: int = 0
    hidden: int = 0
    rounded: int = 0
    readers: int = 1
    widths: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    files: dict[str, str] = field(default_factory=dict)
    k: int = 0
    width: int = 0
    weakest: list[Zwak] = field(default_factory=list, repr=False)

    @property
    def certified(self) -> bool:
        return self.verdict == CERTIFIED

    def add(self, reden: str, weak: Zwak | None = None) -> None:
        self.reasons[reden] += 1
        if weak is not None:
            self.weakest.append(weak)

    def join(self, part: AuditReport) -> None:
        """Add what was found about one system."""
        for name in ("reasons", "widths", "statuses"):
            getattr(self, name).update(getattr(part, name))
        for name in ("systems", "variables", "rows", "targets", "hidden", "rounded"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.weakest += part.weakest

    def close(self, hard: list[str]) -> AuditReport:
        """Draw the verdict: a finding outweighs what could not be decided, and that outweighs a certificate."""
        if any(self.reasons[r] for r in hard):
            self.verdict = FINDINGS
        elif self.reasons["onbeslist"] or self.reasons["te_groot"]:
            self.verdict = NOT_CERTIFIED
        else:
            self.verdict = CERTIFIED
        return self

    def evidence(self) -> dict:
        """For release.json: counts, statuses and hashes, never a cell."""
        return {
            "verdict": self.verdict,
            "k": self.k,
            "width": self.width,
            "systems": self.systems,
            "variables": self.variables,
            "rows": self.rows,
            "targets": self.targets,
            "hidden": self.hidden,
            "rounded": self.rounded,
            "readers": self.readers,
            "reasons": {k: v for k, v in sorted(self.reasons.items()) if v},
            "widths": {str(k): v for k, v in sorted(self.widths.items())},
            "statuses": dict(sorted(self.statuses.items())),
            "files": dict(sorted(self.files.items())),
        }

    def regels(self, weakest: int = 0) -> list[str]:
        """Dutch lines to print."""
        head = {
            CERTIFIED: "Bewezen: geen verborgen of afgerond cijfer is nauwer in te sluiten dan toegestaan.",
            FINDINGS: "Niet in orde: er zijn cijfers te achterhalen.",
            NOT_CERTIFIED: "Niet bewezen: voor een deel van de cijfers kon niets worden vastgesteld.",
        }[self.verdict]
        lines = [
            head,
            (
                f"Drempel {self.k}, vereiste breedte {self.width}; {self.hidden} verborgen en {self.rounded} afgeronde "
                f"cijfers in {self.systems} stelsels ({self.variables} onbekenden), {self.readers} lezers."
            ),
        ]
        lines += [f"  {n} x {UITLEG.get(r, r)}" for r, n in sorted(self.reasons.items()) if n]
        for one in sorted(self.weakest, key=_breadth)[:weakest]:
            what = ", ".join(f"{k}={v}" for k, v in {**one.context, **one.members}.items())
            high = "onbegrensd" if one.high is None else one.high
            lines.append(
                f"  {what}: tussen {one.low} en {high} ({UITLEG.get(one.reden, one.reden)})"
                + (f" voor {one.lezer}" if one.lezer else "")
            )
        return lines


def _breadth(one: Zwak) -> int:
    return (one.high if one.high is not None else 10**9) - one.low
