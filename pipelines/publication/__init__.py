"""Publication: from the marts to a release that readers may open.

Public: `build_candidate`, `read_candidate`, `publish`, `current_release`, `up_to_date`, the evidence that a
release needs and the values they return. Not here: what may be shown (disclosure), how gates judge (gates),
charts (report).
"""

from pipelines.publication.candidate import Kandidaat, build_candidate, read_candidate
from pipelines.publication.current import Release, current_release
from pipelines.publication.evidence import POORTEN, leveringen_fingerprint, record, withdraw
from pipelines.publication.fresh import up_to_date
from pipelines.publication.handout import hand_out
from pipelines.publication.release import publish

__all__ = [
    "POORTEN",
    "Kandidaat",
    "Release",
    "build_candidate",
    "current_release",
    "hand_out",
    "leveringen_fingerprint",
    "publish",
    "read_candidate",
    "record",
    "up_to_date",
    "withdraw",
]
