"""A fictional region as a whole. Lives here: what it consists of. Not here: how any of that is made."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.synthetic.area import Gebied
from pipelines.synthetic.calendar import Schooljaar
from pipelines.synthetic.children import Bevolking
from pipelines.synthetic.jeugdhulp import Toewijzingen
from pipelines.synthetic.opp import Arrangementen
from pipelines.synthetic.schools import Scholen


@dataclass(frozen=True)
class Regio:
    """Everything that deliveries are made from."""

    gebied: Gebied
    scholen: Scholen
    bevolking: Bevolking
    arrangementen: Arrangementen
    toewijzingen: Toewijzingen
    jaren: list[Schooljaar]
