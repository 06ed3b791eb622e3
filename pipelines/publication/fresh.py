"""Whether a run would publish anything else than what lies there.

Lives here: comparing fingerprints and evidence with what was made before. Not here: making anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.errors import KwaliteitspoortDicht, OnthullingspoortDicht
from pipelines.intake import Levering
from pipelines.publication import evidence
from pipelines.publication.candidate import candidate_fingerprint, read_candidate
from pipelines.publication.current import current_release
from pipelines.settings import Profiel, Settings


def up_to_date(settings: Settings, profiel: Profiel, magazijn: str, leveringen: Sequence[Levering]) -> bool:
    """True if the candidate was made from exactly these inputs, holds its evidence and, where nobody has to
    agree first, is the current release. `magazijn` is the fingerprint that the warehouse would have.
    """
    try:
        kandidaat = read_candidate(settings, profiel)
        evidence.demand(settings, profiel, kandidaat.vereist)
    except (KwaliteitspoortDicht, OnthullingspoortDicht):
        return False
    wanted = candidate_fingerprint(settings, profiel, magazijn, evidence.leveringen_fingerprint(leveringen))
    if kandidaat.vingerafdruk != wanted:
        return False
    if settings.publiceren == "na_akkoord":
        return True
    current = current_release(settings, profiel)
    return current is not None and current.release == kandidaat.release
