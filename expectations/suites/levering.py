"""Suite `levering`: are the deliveries that count, seen as counts, fit to be joined?

Tables: `levering` (a row per delivery) and `kolom` (a row per delivery x column), made from the profiles by
`pipelines.gates.leveringen`. What a single row must look like is the contract's, judged at intake; these
checks notice what intake cannot see, and that what was judged there is what lies here.
"""

from __future__ import annotations

from expectations.suites import Controle, nul

_TUSSEN = "ExpectColumnValuesToBeBetween"
_OPNIEUW = "Vraag de bronhouder van de genoemde levering om een nieuwe."
_MELD = "Dit is een fout in de inname; meld haar met de naam van de levering."

KOPPELT = Controle(
    naam="levering_koppelt",
    tabel="levering",
    verwachting=_TUSSEN,
    argumenten=nul("koppelt_niet"),
    wat="School en gemeente kennen een deel van elkaars kinderen, en niet ineens minder dan de helft van eerst. "
    "Teller: leveringen die niet koppelen; noemer: leveringen.",
    waarom="Een verkeerde sleutel of export koppelt niemand, zonder dat er iets misgaat: elk cijfer is dan onwaar.",
    remedie="Vergelijk de vingerafdrukken van de sleutel en vraag zo nodig een nieuwe levering.",
)

CONTROLES = (
    KOPPELT,
    Controle(
        naam="levering_heeft_rijen",
        tabel="levering",
        verwachting=_TUSSEN,
        argumenten={"column": "rijen", "min_value": 1},
        wat="Een levering heeft ten minste één rij. Teller: leveringen zonder rij; noemer: leveringen.",
        waarom="Een lege levering is vrijwel zeker een mislukte export en zou als nul worden geteld.",
        remedie=_OPNIEUW,
    ),
    Controle(
        naam="rijen_zijn_bewaard",
        tabel="levering",
        verwachting=_TUSSEN,
        argumenten=nul("rijen_anders"),
        teller="rijen_anders",
        noemer="rijen",
        wat="Het profiel telt evenveel rijen als er zijn ingenomen. Teller: het verschil; noemer: rijen.",
        waarom="Anders hoort het profiel bij een ander bestand dan de rijen.",
        remedie=_MELD,
    ),
    Controle(
        naam="geen_rij_verdwenen",
        tabel="levering",
        verwachting=_TUSSEN,
        argumenten=nul("kwijt"),
        teller="kwijt",
        noemer="geleverd",
        wat="Geleverde rijen zijn bewaard of overgeslagen. Teller: de rest; noemer: geleverde rijen.",
        waarom="Een rij die ongemerkt wegvalt is een kind dat niet meetelt.",
        remedie=_MELD,
    ),
    Controle(
        naam="niet_meer_overgeslagen_dan_mag",
        tabel="levering",
        verwachting=_TUSSEN,
        argumenten=nul("te_veel_overgeslagen"),
        teller="te_veel_overgeslagen",
        noemer="geleverd",
        wat="Er zijn niet meer rijen overgeslagen dan het contract toestaat. Teller: rijen daarboven; "
        "noemer: geleverde rijen.",
        waarom="Een tolerantie is er voor enkele fouten, niet voor een kapotte export.",
        remedie=_OPNIEUW,
    ),
    Controle(
        naam="sleutel_is_uniek",
        tabel="levering",
        verwachting=_TUSSEN,
        argumenten=nul("dubbele_sleutels"),
        teller="dubbele_sleutels",
        noemer="rijen",
        wat="Geen arrangement of toewijzing komt twee keer voor. Teller: dubbele sleutels; noemer: rijen.",
        waarom="Een dubbele rij telt ondersteuning twee keer.",
        remedie=_OPNIEUW,
    ),
    Controle(
        naam="rijen_per_persoon_aannemelijk",
        tabel="levering",
        verwachting=_TUSSEN,
        argumenten={"column": "rijen_per_persoon", "min_value": 1, "max_value": 25},
        wat="Gemiddeld 1 tot 25 rijen per persoon. Teller: leveringen daarbuiten; noemer: leveringen.",
        waarom="Meer wijst op een pseudoniem dat voor veel kinderen hetzelfde is, minder op een verkeerd "
        "profiel. 25 is ruim: in de praktijk zijn het er 1 tot 3.",
        remedie="Laat de bronhouder nagaan uit welke kolom de pseudoniemen zijn gemaakt.",
    ),
    Controle(
        naam="een_levering_per_jaar",
        tabel="levering",
        verwachting="ExpectCompoundColumnsToBeUnique",
        argumenten={"column_list": ["contract", "bronhouder", "schooljaar"]},
        wat="Per contract, bronhouder en schooljaar telt één levering. Teller: leveringen te veel; noemer: "
        "leveringen.",
        waarom="Twee leveringen van dezelfde kinderen tellen ondersteuning dubbel.",
        remedie=_MELD,
    ),
    Controle(
        naam="stap_is_bekend",
        tabel="levering",
        verwachting="ExpectColumnValuesToBeInSet",
        argumenten={"column": "stap", "value_set": [1, 2]},
        wat="Van elke levering is bekend welke stap van het pseudonimiseren was gezet. Teller: leveringen "
        "zonder; noemer: leveringen.",
        waarom="Anders kan hetzelfde kind twee pseudoniemen hebben.",
        remedie=_OPNIEUW,
    ),
    Controle(
        naam="een_sleutel_per_regio",
        tabel="levering",
        verwachting=_TUSSEN,
        argumenten=nul("andere_sleutel"),
        teller="andere_sleutel",
        wat="Alle leveringen zijn met dezelfde sleutel gepseudonimiseerd. Teller: leveringen met een andere "
        "dan de meeste; noemer: leveringen.",
        waarom="Een levering met een andere sleutel koppelt aan niemand, zonder dat iets daarop wijst.",
        remedie="Vergelijk de vingerafdrukken in de manifesten en laat die bronhouder opnieuw "
        "pseudonimiseren met de sleutel van de regio.",
    ),
    Controle(
        naam="contractversie_past",
        tabel="levering",
        verwachting=_TUSSEN,
        argumenten=nul("andere_contractversie"),
        teller="andere_contractversie",
        wat="Elke levering volgt de hoofdversie van het contract van nu. Teller: leveringen met een andere; "
        "noemer: leveringen.",
        waarom="Een andere hoofdversie kan met dezelfde kolom iets anders bedoelen.",
        remedie=_OPNIEUW,
    ),
    Controle(
        naam="alleen_kolommen_van_het_contract",
        tabel="kolom",
        verwachting=_TUSSEN,
        argumenten=nul("buiten_contract"),
        teller="buiten_contract",
        wat="Er zijn alleen kolommen van het contract. Teller: andere kolommen; noemer: kolommen.",
        waarom="Elke kolom dient een cijfer; wat geen cijfer dient, mag er niet zijn.",
        remedie=_MELD,
    ),
    Controle(
        naam="verplichte_kolom_gevuld",
        tabel="kolom",
        verwachting=_TUSSEN,
        argumenten=nul("leeg"),
        teller="leeg",
        noemer="rijen",
        waar="verplicht",
        wat="Een verplichte kolom is in elke rij gevuld. Teller: lege cellen; noemer: rijen.",
        waarom="Zonder deze waarde is de rij niet te plaatsen.",
        remedie=_OPNIEUW,
    ),
    Controle(
        naam="geen_ongeldige_waarde",
        tabel="kolom",
        verwachting=_TUSSEN,
        argumenten=nul("ongeldig"),
        teller="ongeldig",
        noemer="rijen",
        wat="Elke waarde past bij het contract. Teller: ongeldige waarden; noemer: rijen per kolom.",
        waarom="De inname weigert zo'n levering; staat zij hier toch, dan is de inname omzeild.",
        remedie=_MELD,
    ),
    Controle(
        naam="geen_vreemde_code",
        tabel="kolom",
        verwachting=_TUSSEN,
        argumenten=nul("vreemde_codes"),
        teller="vreemde_codes",
        waar="soort == 'code'",
        wat="Een code staat in de lijst van het contract. Teller: codes daarbuiten; noemer: kolommen.",
        waarom="Een onbekende code valt buiten elke regel en verdwijnt stil.",
        remedie=_MELD,
    ),
    Controle(
        naam="datum_vanaf_1995",
        tabel="kolom",
        verwachting=_TUSSEN,
        argumenten=nul("voor_1995"),
        teller="voor_1995",
        waar="soort == 'datum'",
        wat="Geen datum ligt voor 1995. Teller: datumkolommen waar dat wel zo is; noemer: datumkolommen.",
        waarom="Zo'n datum is een geboortedatum of een vulwaarde.",
        remedie=_OPNIEUW,
    ),
    Controle(
        naam="vastgesteld_voor_levering",
        tabel="kolom",
        verwachting=_TUSSEN,
        argumenten=nul("na_leverdatum"),
        teller="na_leverdatum",
        waar="kolom in ['behoefte_vastgesteld_op', 'besluit_op', 'toegewezen_op']",
        wat="Wat is vastgesteld, besloten of toegewezen, is dat voor de leverdatum. Teller: kolommen met een "
        "latere maand; noemer: die kolommen.",
        waarom="Een besluit uit de toekomst maakt elke wachttijd onzin.",
        remedie=_OPNIEUW,
    ),
    Controle(
        naam="woongemeente_meestal_bekend",
        tabel="kolom",
        verwachting=_TUSSEN,
        argumenten={"column": "aandeel_onbekend", "max_value": 0.5},
        teller="onbekend",
        noemer="rijen",
        waar="kolom == 'woongemeente'",
        wat="Hoogstens de helft van de woongemeenten is onbekend. Teller: rijen met onbekend; noemer: rijen.",
        waarom="Daarboven zegt geen cijfer per gemeente nog iets over de leerlingen van dit bestuur.",
        remedie=_OPNIEUW,
    ),
)
