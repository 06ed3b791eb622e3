"""Quality gates: deliveries before the warehouse, the warehouse itself, the candidate after it.

Public: `judge_leveringen`, `judge_magazijn` and `judge_kandidaat`, each of which records its evidence and
returns an `Oordeel` (`Oordeel.require()` stops the run if the gate is closed); the pure functions below them;
and the suites as data (`LEVERING`, `PUBLICATIE`). Not here: what is expected (expectations/suites) and what
happens after a gate (orchestration). One module, engine, imports Great Expectations.
"""

from expectations.suites.levering import CONTROLES as LEVERING
from expectations.suites.publicatie import CONTROLES as PUBLICATIE
from pipelines.gates.kandidaat import judge_kandidaat, judge_publication
from pipelines.gates.leveringen import judge_leveringen, judge_profiles
from pipelines.gates.magazijn import judge_magazijn, warehouse_verdict
from pipelines.gates.model import Controle, Oordeel, Uitslag

__all__ = [
    "LEVERING",
    "PUBLICATIE",
    "Controle",
    "Oordeel",
    "Uitslag",
    "judge_kandidaat",
    "judge_leveringen",
    "judge_magazijn",
    "judge_profiles",
    "judge_publication",
    "warehouse_verdict",
]
