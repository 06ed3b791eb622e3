"""What the definitions of the figures imply between populations, once for suppressor and declaration alike.

Lives here: inequalities that hold in every area because of what the words mean. Not here: sums (those follow
from dimensions and hierarchies), and nothing about how a release is protected or judged.
"""

from __future__ import annotations

from dataclasses import dataclass

LEERLING, ARRANGEMENT, WACHT, WACHTEND = "leerling", "arrangement", "wachttijd", "wachtend"
MET_ONDERWIJS, GEKOPPELD = "met_onderwijs", "gekoppeld"
KERN = ("verantwoordelijkheid_in_overleg", "wacht_zonder_verantwoordelijke", "afgewezen_andere_wet")
SIGNAAL = ("wacht_op_besluit", "verantwoordelijke_onbekend", "dubbel_aanbod")
BEIDE = ("woongemeente", "vestiging")


@dataclass(frozen=True)
class Deel:
    """A count times a coefficient; `context` beside populatie and schooljaar."""

    coefficient: int
    populatie: str
    context: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Grens:
    """In every area the parts add up to at most zero. `optional`: a reason that is switched off may be missing."""

    over: tuple[str, ...]
    delen: tuple[Deel, ...]
    optional: bool = False


def _reden(coefficient: int, reden: str) -> Deel:
    return Deel(coefficient, LEERLING, (("reden", reden),))


def _cat(coefficient: int, categorie: str) -> Deel:
    return Deel(coefficient, LEERLING, (), (("categorie", categorie),))


def _parts(coefficient: int, *categorie: str) -> tuple[Deel, ...]:
    return tuple(_cat(coefficient, c) for c in categorie)


_O, _K = Deel(1, MET_ONDERWIJS), Deel(1, GEKOPPELD)
_MIN_O, _MIN_K = Deel(-1, MET_ONDERWIJS), Deel(-1, GEKOPPELD)
_WOON = ("woongemeente",)

GRENZEN: tuple[Grens, ...] = (
    # A kern reason makes a pupil part of the grijze gebied, and nobody is there without one.
    *(Grens(BEIDE, (_reden(1, r), _cat(-1, "grijs_gebied"))) for r in KERN),
    Grens(BEIDE, (_cat(1, "grijs_gebied"), *(_reden(-1, r) for r in KERN)), optional=True),
    # A signal is counted among the published pupils.
    *(Grens(BEIDE, (_reden(1, r), Deel(-1, LEERLING))) for r in SIGNAAL),
    Grens(BEIDE, (_reden(1, KERN[1]), _reden(-1, "wacht_op_besluit"))),
    # Onderwijs: alleen_onderwijs, samenloop and some of grijs_gebied and niet_te_bepalen; gekoppeld is a part of it.
    Grens(_WOON, (_cat(1, "samenloop"), _MIN_K)),
    Grens(_WOON, (_cat(1, "alleen_onderwijs"), _MIN_O, _K)),
    Grens(_WOON, (_O, *_parts(-1, "samenloop", "alleen_onderwijs", "grijs_gebied", "niet_te_bepalen"))),
    Grens(_WOON, (_K, *_parts(-1, "samenloop", "grijs_gebied", "niet_te_bepalen"))),
    Grens(_WOON, (_reden(1, "dubbel_aanbod"), _MIN_K)),
    # Both signals ask for an active arrangement (which also holds where gekoppeld is not known).
    Grens(_WOON, (_reden(1, "dubbel_aanbod"), _MIN_O)),
    Grens(_WOON, (_reden(1, "verantwoordelijke_onbekend"), _MIN_O)),
    # An arrangement that started in the schooljaar is one of the active ones.
    Grens(BEIDE, (Deel(1, WACHT, (("stap", "besluit_start"),)), Deel(-1, ARRANGEMENT))),
)
