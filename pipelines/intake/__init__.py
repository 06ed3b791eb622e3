"""Intake: a delivery is judged whole, taken in whole or refused whole, and kept without what nobody needs.

Public: `take_in`, `has_new`, `check_file`, `active_leveringen` and the values they give. Not here: what a
delivery means (warehouse) and what a contract says (contracts).
"""

from pipelines.intake.inbox import Inname, check_file, has_new, take_in
from pipelines.intake.levering import Levering, Naam
from pipelines.intake.oordeel import Bevinding, Oordeel
from pipelines.intake.quarantine import Weigering
from pipelines.intake.store import active_leveringen, read_profile, stored

__all__ = [
    "Bevinding",
    "Inname",
    "Levering",
    "Naam",
    "Oordeel",
    "Weigering",
    "active_leveringen",
    "check_file",
    "has_new",
    "read_profile",
    "stored",
    "take_in",
]
