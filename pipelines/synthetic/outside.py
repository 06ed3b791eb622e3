"""Children who live in a participating gemeente and go to no school of the region, and children placed
there.

Lives here: adding them to the population, because their jeugdhulp is delivered too. Not here: that help
(jeugdhulp). Under four, at a school elsewhere, or above school age: of those only a part is made, the part
that may get help. Children placed with a family or institution in the region remain, by the
woonplaatsbeginsel, with the gemeente they came from; one that merged within the schooljaren takes part for
such children alone.
"""

from __future__ import annotations

import numpy as np

from pipelines.synthetic.area import Gebied
from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import Stream
from pipelines.synthetic.children import SBO, SO, VSO, Bevolking
from pipelines.synthetic.schools import Scholen

DEEL = 0.25  # of those outside, the part that is made and gets all of the help
GEPLAATST = 48  # at scale 1


def place_children(
    bevolking: Bevolking, scholen: Scholen, gebied: Gebied, jaren: list[Schooljaar], seed: int
) -> None:
    """Let some pupils, most at special schools, stay here from a gemeente that will merge."""
    if not gebied.geplaatst:
        return
    stream = Stream(seed, "geplaatst")
    spell = bevolking.spell
    here = spell.on(jaren[0].peildatum) & spell.on(jaren[0].eind)
    special = np.isin(scholen.soort[spell.vestiging], (SBO, SO, VSO))
    n = max(9, round(GEPLAATST * min(gebied.factor, 1.0)))
    who = np.unique(
        np.r_[
            stream.some(spell.persoon[here & special], n - n // 3),
            stream.some(spell.persoon[here & ~special], n // 3),
        ]
    )
    new = gebied.geplaatst
    bevolking.woon[who] = np.array(new)[np.arange(len(who)) % len(new)]
    bevolking.woon_na[who] = bevolking.woon[who]
    bevolking.verhuisd_op[who] = OPEN
    bevolking.geplaatst = who


def add_outside(bevolking: Bevolking, gebied: Gebied, jaren: list[Schooljaar], seed: int) -> None:
    """Children that the schools do not know, for every gemeente that delivers all its jeugdhulp."""
    stream = Stream(seed, "buiten")
    middle = jaren[len(jaren) // 2]
    spell = bevolking.spell
    now = spell.persoon[spell.on(middle.peildatum)]
    homes = bevolking.home_on(now, middle.peildatum)
    enrolled = np.bincount(homes[homes >= 0], minlength=len(gebied.land.codes))
    woon, geboren = [], []
    for gemeente in gebied.leveraars:
        if gemeente in gebied.geplaatst:
            continue
        everyone = gebied.youth(gemeente, middle.jaar)
        outside = max(everyone - enrolled[gemeente], everyone * 4 / 18)
        n = round(outside * DEEL)
        young = stream.happens(min(1.0, everyone * 4 / 18 / outside), n)
        age = np.where(young, stream.uniform(n) * 4, 4 + stream.uniform(n) * 14)
        woon.append(np.full(n, gemeente, dtype=np.int16))
        geboren.append((middle.peildatum - np.rint(age * 365.25)).astype(np.int32))
    bevolking.buiten_vanaf = len(bevolking.woon)
    extra = np.concatenate(woon)
    bevolking.woon = np.r_[bevolking.woon, extra]
    bevolking.woon_na = np.r_[bevolking.woon_na, extra]
    bevolking.verhuisd_op = np.r_[bevolking.verhuisd_op, np.full(len(extra), OPEN, dtype=np.int32)]
    bevolking.geboren = np.r_[bevolking.geboren, *geboren]
