"""An independent recomputation of every published figure, in plain Python, from DOMAIN.md and nothing else.

Lives here: the way in (`recompute`) and the readings of DOMAIN.md that had to be chosen. Not here: reading
(oracle_bron), rules per person (oracle_persoon), members (oracle_jaar), counting (oracle_tabel). No polars,
no SQL, no product code: where a published figure differs from this, one of the two has misread the page.

Readings chosen where DOMAIN.md leaves room:

1.  "Every member that occurs in that schooljaar": one set of members per schooljaar for all tables: the
    places of published persons, the own woongemeente and vestiging of every opp row of J, and the gemeente of
    every toewijzing that overlaps J (with the person's place). A school known from `inschrijving` alone does
    not occur.
2.  `buitenland` and `onbekend` as woongemeente never delivered: their people are niet_te_bepalen unless in
    the grijze gebied, and their rows follow the rule of a gemeente that did not deliver.
3.  "Its schools, and a swv or schoolgemeente with such a school": schools that occur in J, not all there are.
4.  Only the rows that DOMAIN 5 lists are niet_te_bepalen: of ondersteuning_per_bestuur_gemeente `overig` of a
    silent woongemeente, not `overig` of a bestuur without inschrijving.
5.  `wacht_zonder_verantwoordelijke` uses the norm_dagen of `wacht_op_besluit`, whose waiting it refers to,
    and holds for its row also if `wacht_op_besluit` itself is switched off.
6.  A reason that is switched off holds for nobody and has no rows in grijs_gebied_redenen.
7.  `volledig` of koppelgraad is "delivered for J" (section 6); a bestuur that stayed away does not change it.
8.  Without any participant the regio is complete, by the letter of section 5.
9.  "That gemeente took part": the toewijzing's gemeente mapped forward is among the old and new codes of that
    day, mapped forward themselves.
10. Deciding rows alike in date, vestiging and arrangement_id are told apart by bronhouder.
11. Quantiles are exact fractions: a tenth of the way between 8 and 13 is 8.5, which rounds up to 9.
12. "Gemeente as delivered" is the row's column `gemeente`; who "delivered" goes by the delivery's bronhouder.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.acceptance.oracle_bron import Levering, Referentie, read_inbox, read_reference
from tests.acceptance.oracle_jaar import Cel, Jaar, Tabel
from tests.acceptance.oracle_persoon import Persoon, Wereld
from tests.acceptance.oracle_tabel import TABELLEN

__all__ = ["Cel", "Persoon", "Tabel", "recompute", "recompute_home"]


def recompute(leveringen: Iterable[Levering], referentie: Referentie) -> dict[str, Tabel]:
    """Every table by name -> {dimensions in published order: Cel}, all schooljaren together."""
    wereld = Wereld(leveringen, referentie)
    tabellen: dict[str, Tabel] = {name: {} for name in TABELLEN}
    for schooljaar in wereld.schooljaren:
        jaar = Jaar(wereld, schooljaar)
        for name, build in TABELLEN.items():
            for key, cel in build(jaar):
                assert key not in tabellen[name], f"{name}: rij twee keer"
                tabellen[name][key] = cel
    return tabellen


def recompute_home(home: Path, seeds: Path, geweigerd: Iterable[str] = ()) -> dict[str, Tabel]:
    """The same from `inbox/` and `referentie/` of an OA_HOME; `geweigerd` names the refused files."""
    return recompute(read_inbox(home / "inbox", geweigerd), read_reference(seeds, home / "referentie"))
