"""Contracts: what a delivery may hold, why, for how long, and which figure uses it.

Public: `contract_names`, `load_contract`, `read_contract` and the values `Contract`, `Column`, `Rule`.
Not here: judging deliveries (pipelines.intake).
"""

from pipelines.contracts.loader import contract_names, load_contract, read_contract
from pipelines.contracts.model import (
    INTERNE_REGELS,
    Column,
    Contract,
    Rule,
    add_term,
    schooljaar_bounds,
)

__all__ = [
    "INTERNE_REGELS",
    "Column",
    "Contract",
    "Rule",
    "add_term",
    "contract_names",
    "load_contract",
    "read_contract",
    "schooljaar_bounds",
]
