"""Suite `publicatie`: does the candidate hold only what may be published, complete and consistent?

Tables, counted from the candidate's own files by `pipelines.gates.telling`: `tabel` (a row per table),
`figuur` (per table x figure), `lid` (per table x dimension), `som` (per table x figure x way of adding up),
`aandeel` (per table with a share), `verband` (per pair of tables that show the same cell). Whether a hidden
figure can be worked out is the disclosure gate's question, not this one.
"""

from __future__ import annotations

from expectations.suites import Controle, nul

STATUSSEN = ("getoond", "afgerond", "onderdrukt", "niet_te_bepalen")
TOTAAL = "TOTAAL"
OVERIGE = "overige vestigingen"
# Members that a dimension must have, all of them and no others, TOTAAL apart (DOMAIN.md sections 4, 5 and 9).
CODES: dict[str, tuple[str, ...]] = {
    "categorie": (
        "grijs_gebied",
        "niet_te_bepalen",
        "samenloop",
        "alleen_onderwijs",
        "alleen_jeugdhulp",
        "in_aanvraag",
    ),
    "ondersteuning_per_bestuur_gemeente.categorie": ("grijs_gebied", "niet_te_bepalen", "overig"),
    "reden": (
        "verantwoordelijkheid_in_overleg",
        "wacht_zonder_verantwoordelijke",
        "afgewezen_andere_wet",
        "wacht_op_besluit",
        "verantwoordelijke_onbekend",
        "dubbel_aanbod",
    ),
    "verantwoordelijke": (
        "school",
        "swv",
        "gemeente",
        "zorgkantoor",
        "zorgverzekeraar",
        "gezamenlijk",
        "in_overleg",
        "onbekend",
    ),
    "financiering": ("school", "swv", "jeugdwet", "wlz", "zvw", "gezamenlijk_budget", "geen", "onbekend"),
    "ondersteuningsvorm": (
        "begeleiding_in_klas",
        "begeleiding_buiten_klas",
        "groepsaanbod",
        "onderwijszorgarrangement",
        "plaatsing_sbo",
        "plaatsing_so_vso",
        "thuis_of_elders",
    ),
    "stap": ("behoefte_besluit", "besluit_start", "toegewezen_ingang"),
}
# Members that a dimension may have: those of a dimension table, or a fixed list.
LEDEN: dict[str, str | tuple[str, ...]] = {
    "schooljaar": "dim_schooljaar",
    "gemeente": "dim_gemeente",
    "bestuur": "dim_bestuur",
    "swv": "dim_swv",
    "vestigingscode": "dim_school",
    "gebied_soort": ("woongemeente", "jeugdregio", "schoolgemeente", "swv", "regio"),
    "partij_soort": ("school", "bestuur", "swv", "gemeente"),
}
# A figure exists only on these rows; elsewhere it is empty, and counts as shown.
BESTAAT_ALS: dict[str, str] = {
    "wachttijden.wachtend": "stap = 'behoefte_besluit'",
    "overlegpartners.gemeenten": "partij_soort <> 'gemeente'",
    "overlegpartners.swv": "partij_soort = 'gemeente'",
    "overlegpartners.besturen": "partij_soort = 'gemeente'",
}
# The same cell in two tables: (table, rows, key), twice. Where both show it they show the same.
VERBANDEN: dict[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {
    "swv": (
        ("ondersteuning_per_gebied", "gebied_soort IN ('swv', 'regio')", "schooljaar, gebied, categorie"),
        ("ondersteuning_per_school", "bestuur = 'TOTAAL'", "schooljaar, swv, categorie"),
    ),
    "woongemeente": (
        (
            "ondersteuning_per_gebied",
            "gebied_soort IN ('woongemeente', 'regio')",
            "schooljaar, gebied, categorie",
        ),
        ("ondersteuning_per_bestuur_gemeente", "bestuur = 'TOTAAL'", "schooljaar, gemeente, categorie"),
    ),
    "arrangementen": (
        (
            "verantwoordelijkheid",
            "verantwoordelijke = 'TOTAAL' AND financiering = 'TOTAAL'",
            "schooljaar, gebied_soort, gebied",
        ),
        ("organisatie", "ondersteuningsvorm = 'TOTAAL'", "schooljaar, gebied_soort, gebied"),
    ),
}

_TUSSEN = "ExpectColumnValuesToBeBetween"
_MELD = "Publiceer niet. Meld deze regels: het is een fout in het product."


def _geen(naam: str, tabel: str, teller: str, noemer: str, wat: str, waarom: str, waar: str = "") -> Controle:
    return Controle(
        naam=naam,
        tabel=tabel,
        verwachting=_TUSSEN,
        argumenten=nul(teller),
        teller=teller,
        noemer=noemer,
        wat=wat,
        waarom=waarom,
        remedie=_MELD,
        waar=waar,
    )


CONTROLES = (
    _geen(
        "elke_tabel_is_er",
        "tabel",
        "ontbreekt",
        "tabellen",
        "Elke tabel die het profiel belooft, is er in beide vormen. Teller: tabellen die ontbreken.",
        "Een rapport of dashboard dat een tabel mist, laat stil een onderwerp weg.",
    ),
    _geen(
        "alleen_verklaarde_tabellen",
        "tabel",
        "onverklaard",
        "tabellen",
        "Er staat geen andere tabel in. Teller: tabellen die niemand verklaarde.",
        "Een tabel die niet is verklaard, is niet beveiligd tegen onthulling.",
    ),
    _geen(
        "alleen_verklaarde_kolommen",
        "tabel",
        "onverklaarde_kolommen",
        "kolommen",
        "Elke kolom is verklaard en elke verklaarde kolom is er. Teller: kolommen te veel of te weinig.",
        "Een hulpkolom met echte aantallen zou verklappen wat verborgen is.",
    ),
    _geen(
        "beide_vormen_gelijk",
        "tabel",
        "vormen_verschillen",
        "tabellen",
        "DuckDB en Parquet houden dezelfde rijen. Teller: tabellen waar dat niet zo is.",
        "Wie Excel gebruikt en wie DuckDB gebruikt, moeten hetzelfde zien.",
    ),
    _geen(
        "sleutel_uniek",
        "tabel",
        "dubbele_rijen",
        "rijen",
        "Elke cel staat er één keer in. Teller: rijen te veel; noemer: rijen.",
        "Een dubbele cel wordt twee keer opgeteld.",
    ),
    _geen(
        "sleutel_gevuld",
        "tabel",
        "lege_sleutels",
        "rijen",
        "Elke rij zegt welke cel zij is. Teller: rijen met een lege dimensie; noemer: rijen.",
        "Een cel zonder plaats is niet te lezen.",
    ),
    _geen(
        "rooster_compleet",
        "tabel",
        "cellen_tekort",
        "cellen",
        "Elk lid van een schooljaar heeft elke code, een echte nul als 0. Teller: cellen die ontbreken; "
        "noemer: cellen die er horen te zijn.",
        "Weglaten verraadt: wie ontbreekt, is nul of verborgen, en de lezer kan dat verschil niet zien.",
    ),
    _geen(
        "commentaar_overal",
        "tabel",
        "zonder_commentaar",
        "kolommen",
        "Elke tabel en kolom draagt een Nederlandse omschrijving. Teller: die zonder; noemer: kolommen.",
        "In een BI-programma is het commentaar vaak de enige uitleg die een lezer ziet.",
    ),
    _geen(
        "uitleg_overal",
        "tabel",
        "zonder_uitleg",
        "uitleg_nodig",
        "Elke tabel en elk cijfer heeft een rij in toelichting. Teller: die zonder.",
        "Wie een cijfer aan een ander laat zien, moet kunnen zeggen wat het betekent.",
    ),
    _geen(
        "rijstatus_is_zwaarste",
        "tabel",
        "status_klopt_niet",
        "rijen",
        "De status van de rij is de zwaarste van haar cijfers, en onderdrukt zegt hetzelfde. Teller: "
        "rijen waar dat niet zo is; noemer: rijen.",
        "Wie alleen naar de rij kijkt, mag geen verborgen cijfer voor getoond houden.",
    ),
    Controle(
        naam="publicatie_een_rij",
        tabel="tabel",
        verwachting=_TUSSEN,
        waar="tabel == 'publicatie'",
        argumenten={"column": "rijen", "min_value": 1, "max_value": 1},
        wat="De tabel publicatie heeft één rij.",
        waarom="Zij zegt wat deze publicatie is.",
        remedie=_MELD,
    ),
    _geen(
        "geen_klein_aantal",
        "figuur",
        "klein_getoond",
        "getoond",
        "Geen getoond aantal is 1 tot en met drempel-1. Teller: cellen waar dat wel zo is; noemer: getoonde "
        "cellen.",
        "Een klein aantal kan over een herkenbaar kind gaan.",
        "soort == 'aantal'",
    ),
    _geen(
        "verborgen_is_leeg",
        "figuur",
        "verborgen_gevuld",
        "verborgen",
        "Een cijfer dat onderdrukt of niet te bepalen is, staat nergens. Teller: cellen met toch een cijfer; "
        "noemer: verborgen cellen.",
        "De status verbergt niets; alleen een lege cel doet dat.",
    ),
    _geen(
        "getoond_is_gevuld",
        "figuur",
        "getoond_leeg",
        "getoond",
        "Een getoond cijfer heeft een waarde, als het op die rij bestaat. Teller: cellen zonder; noemer: "
        "getoonde cellen.",
        "Een lege cel met status getoond leest als nul.",
    ),
    _geen(
        "bestaat_niet_is_leeg",
        "figuur",
        "bestaat_niet_gevuld",
        "rijen",
        "Een cijfer dat op een rij niet bestaat, is daar leeg. Teller: cellen met toch een cijfer.",
        "Wachtenden bij een stap die geen wachtenden kent, zijn een fout in de telling.",
    ),
    _geen(
        "status_bekend",
        "figuur",
        "vreemde_status",
        "rijen",
        "Elke status is er een van vier. Teller: cellen met een andere; noemer: rijen.",
        "Een onbekende status wordt gelezen als getoond.",
    ),
    _geen(
        "niet_negatief",
        "figuur",
        "negatief",
        "getoond",
        "Geen cijfer is negatief. Teller: cellen onder 0; noemer: getoonde cellen.",
        "Aantallen en dagen tellen vanaf 0.",
    ),
    _geen(
        "afgerond_is_veelvoud",
        "figuur",
        "geen_veelvoud",
        "afgerond",
        "Een afgerond cijfer is een veelvoud van de drempel. Teller: cellen waar dat niet zo is; noemer: "
        "afgeronde cellen.",
        "Anders is het te precies of verkeerd gemerkt.",
    ),
    _geen(
        "alle_codes_en_geen_andere",
        "lid",
        "verkeerde_leden",
        "leden",
        "Elke dimensie heeft haar codes, alle en geen andere, en TOTAAL waar dat hoort. Teller: codes te "
        "veel of te weinig; noemer: codes.",
        "Een code die ontbreekt of erbij komt, verandert wat een totaal betekent.",
    ),
    _geen(
        "schooljaar_geldig",
        "lid",
        "ongeldig_schooljaar",
        "leden",
        "Een schooljaar is zoals 2024-2025 en heeft geen TOTAAL. Teller: andere; noemer: schooljaren.",
        "Dezelfde leerling telt elk jaar; jaren optellen telt kinderen dubbel.",
        "kolom == 'schooljaar'",
    ),
    _geen(
        "som_is_totaal",
        "som",
        "wijkt_af",
        "lijnen",
        "Waar alles getoond is, is TOTAAL de som van de delen. Teller: lijnen waar dat niet zo is; "
        "noemer: geheel getoonde lijnen.",
        "Elke leerling telt één keer: anders is er een dubbel geteld of kwijt.",
    ),
    _geen(
        "aandeel_alleen_waar_het_mag",
        "aandeel",
        "mag_niet",
        "aandelen",
        "Een aandeel staat er met noemer en bron, bij een getoond of afgerond aantal, als de rest van de noemer "
        "ten minste de drempel is. Teller: cellen waar dat niet zo is; noemer: cellen met een aandeel.",
        "Aandeel of noemer naast een verborgen aantal, of naast een kleine rest, verklapt wat verborgen hoort.",
    ),
    _geen(
        "aandeel_volgt_uit_getoond",
        "aandeel",
        "wijkt_af",
        "aandelen",
        "Een aandeel is het aantal zoals dat er staat per 100 van de noemer, op één decimaal. Teller: aandelen "
        "waar dat niet zo is; noemer: aandelen.",
        "Een aandeel van het echte aantal geeft terug wat het afronden wegnam.",
    ),
    _geen(
        "tabellen_zeggen_hetzelfde",
        "verband",
        "wijkt_af",
        "vergeleken",
        "Een cel die in twee tabellen staat, is in beide gelijk, ook in wat zij toont. Teller: cellen die "
        "verschillen; noemer: cellen die in beide staan.",
        "Wat de ene tabel verbergt, mag de andere niet tonen.",
    ),
)
