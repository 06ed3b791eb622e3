"""A fictional region: deliveries as schoolbesturen and gemeenten would send them, and the schools they
name.

Lives here: `generate`, the one door of this room. Children, schools, besturen, aanbieders and all that
happens to them are made up; gemeente codes, SWV codes and product codes are real. Not here: anything that
reads a real delivery. The course of it: places → schools → population → outside → opp → jeugdhulp → deliver
→ write. The same seed, scale and schooljaren give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import Gebruiksfout
from pipelines.keys import Key
from pipelines.progress import Meld, silent
from pipelines.synthetic.area import choose_gebied
from pipelines.synthetic.calendar import parse_schooljaren
from pipelines.synthetic.changes import make_toewijzingen
from pipelines.synthetic.deliver import deliveries
from pipelines.synthetic.numbers import demo_key1
from pipelines.synthetic.opp import make_arrangementen
from pipelines.synthetic.outside import add_outside, place_children
from pipelines.synthetic.overview import Overzicht, comparison, summarise
from pipelines.synthetic.places import load_land
from pipelines.synthetic.population import grow
from pipelines.synthetic.region import Regio
from pipelines.synthetic.schools import build_scholen
from pipelines.synthetic.write import Schrijver

__all__ = ["SCHOOLJAREN", "Overzicht", "Regio", "comparison", "demo_key1", "generate", "make_regio"]

SCHOOLJAREN = ("2022-2023", "2023-2024", "2024-2025")
SCHAAL = (0.02, 60.0)


def make_regio(
    seed: int, schaal: float, schooljaren: Sequence[str] = SCHOOLJAREN, meld: Meld = silent
) -> Regio:
    """The region in memory: schools, children, arrangements and toewijzingen; Gebruiksfout on impossible
    wishes.
    """
    if seed < 0 or not SCHAAL[0] <= schaal <= SCHAAL[1]:
        raise Gebruiksfout(
            "De seed of de schaal kan niet.",
            waar="seed, schaal",
            remedie=f"Kies een seed van 0 of hoger en een schaal van {SCHAAL[0]:g} tot {SCHAAL[1]:g}.",
        )
    jaren = parse_schooljaren(schooljaren)
    gebied = choose_gebied(load_land(), schaal, jaren)
    scholen = build_scholen(gebied, jaren, seed)
    meld(f"Fictieve regio: {len(scholen.code)} vestigingen van {len(scholen.bestuursnummer)} schoolbesturen")
    bevolking = grow(gebied, scholen, jaren, seed)
    place_children(bevolking, scholen, gebied, jaren, seed)
    add_outside(bevolking, gebied, jaren, seed)
    arrangementen = make_arrangementen(bevolking, scholen, jaren, seed)
    toewijzingen = make_toewijzingen(bevolking, scholen, arrangementen, gebied, jaren, seed)
    return Regio(gebied, scholen, bevolking, arrangementen, toewijzingen, jaren)


def generate(
    seed: int,
    schaal: float,
    schooljaren: Sequence[str] = SCHOOLJAREN,
    *,
    uit: Path,
    meld: Meld = silent,
    nummers: bool = False,
    op_school: bool = True,
) -> Overzicht:
    """Write the region's deliveries to `uit/inbox` and its schools to `uit/referentie/vestigingen.csv`.

    With `nummers` the files hold test numbers instead of pseudonyms (columns `onderwijsnummer` and `bsn`,
    and plain toewijzing numbers) and have no manifest: what a bronhouder has before `oa pseudonymise`. Only
    a small region fits in the range of test numbers; Gebruiksfout otherwise. Without `op_school` that column
    is `onbekend` throughout, as in a region whose gemeenten send iJw messages only.
    """
    regio = make_regio(seed, schaal, schooljaren, meld)
    key = Key(bytes.fromhex(demo_key1(seed)))
    overzicht = summarise(regio, seed, schaal, key.fingerprint)
    regio.scholen.write(uit / "referentie" / "vestigingen.csv")
    schrijver = Schrijver(regio, key, uit / "inbox", nummers=nummers, op_school=op_school)
    overzicht.personen = schrijver.personen
    schooljaar = ""
    for levering in deliveries(regio):
        if levering.schooljaar != schooljaar:
            schooljaar = levering.schooljaar
            meld(f"Leveringen over {schooljaar} schrijven")
        schrijver.write(levering)
        overzicht.add(levering)
    return overzicht
