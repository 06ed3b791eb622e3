"""Where the product's own files lie: contracts, seeds, the dbt project.

Lives here: finding them in a checkout or in an installed wheel. Not here: anything of a region (see settings).
"""

from __future__ import annotations

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent
_WHEEL = Path(__file__).resolve().parent / "_resources"
_PLACES = {
    "contracts": Path("expectations/contracts"),
    "seeds": Path("seeds"),
    "dbt_project": Path("dbt_project"),
}


def resource_dir(name: str) -> Path:
    """The folder `contracts`, `seeds` or `dbt_project`; KeyError on another name."""
    place = _PLACES[name]
    for root in (_CHECKOUT, _WHEEL):
        if (root / place).is_dir():
            return root / place
    raise FileNotFoundError(f"the installation is incomplete: folder {place} is missing")
