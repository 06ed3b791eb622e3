# ruff: noqa: E501 - a table row is one line, however wide
"""Stories: arrangementen, waiting, parties and the degree of linking (DOMAIN section 6).

Each story has a gemeente, school or schooljaar to itself, so that the whole cell is in the story.
"""

from tests.spec.verhaal import verhaal

verhaal(
    "arrangementen: rijen die lopen, op hun eigen school en woongemeente; het kind telt één keer",
    opp="""
        wie  | schooljaar | school   | woont | status      | verantwoordelijke | financiering | vorm         | start
        Anna | 2021-2022  | Meidoorn | 0313  | toegekend   | school            | school       | groepsaanbod | 2021-09-01
        Anna | 2021-2022  | Meidoorn | 0313  | toegekend   | swv               | school       | groepsaanbod | 2022-02-01
        Anna | 2021-2022  | Olm      | 0313  | toegekend   | swv               | swv          | plaatsing_sbo | 2022-03-01
        Bram | 2021-2022  | Meidoorn | 0313  | afgewezen   | swv               | swv          | groepsaanbod |
        Chris | 2021-2022 | Meidoorn | 0313 | aangevraagd | swv               | swv          | groepsaanbod |
    """,
    verantwoordelijkheid="""
        schooljaar | gebied_soort | gebied | verantwoordelijke | financiering | arrangementen | leerlingen_achter
        2021-2022  | woongemeente | 0313   | TOTAAL            | TOTAAL       | 3             | 1
        2021-2022  | woongemeente | 0313   | swv               | TOTAAL       | 2             | 1
        2021-2022  | woongemeente | 0313   | TOTAAL            | school       | 2             | 1
        2021-2022  | woongemeente | 0313   | school            | school       | 1             | 1
        2021-2022  | woongemeente | 0313   | gemeente          | wlz          | 0             | 0
        2021-2022  | swv          | VO2703 | swv               | swv          | 1             | 1
        2021-2022  | swv          | VO2703 | TOTAAL            | TOTAAL       | 1             | 1
    """,
    organisatie="""
        schooljaar | gebied_soort | gebied | ondersteuningsvorm  | arrangementen | leerlingen_achter
        2021-2022  | woongemeente | 0313   | TOTAAL              | 3             | 1
        2021-2022  | woongemeente | 0313   | groepsaanbod        | 2             | 1
        2021-2022  | woongemeente | 0313   | thuis_of_elders     | 0             | 0
        2021-2022  | swv          | VO2703 | plaatsing_sbo       | 1             | 1
    """,
)

verhaal(
    "behoefte_besluit en besluit_start: hele dagen, nooit onder 0, kwantielen precies en half naar boven",
    opp="""
        wie   | schooljaar | school | vastgesteld | besluit    | start      | status
        Anna  | 2024-2025  | Linde  | 2024-09-01  | 2024-09-11 | 2024-09-11 | toegekend
        Bram  | 2024-2025  | Linde  | 2024-09-01  | 2024-09-21 | 2024-09-01 | toegekend
        Chris | 2024-2025  | Linde  | 2024-09-01  | 2024-10-01 | 2024-10-02 | beeindigd
        Dilan | 2024-2025  | Linde  | 2024-09-01  | 2024-10-16 |            | afgewezen
    """,
    wachttijden="""
        schooljaar | gebied_soort | gebied | stap              | aantal | mediaan_dagen | p90_dagen | wachtend
        2024-2025  | swv          | VO2604 | behoefte_besluit  | 4      | 25            | 41        | 0
        2024-2025  | swv          | VO2604 | besluit_start     | 3      | 0             | 1         | -
        2024-2025  | swv          | VO2604 | toegewezen_ingang | 0      | -             | -         | -
    """,
)

verhaal(
    "Alleen een besluit of een start in het schooljaar telt, met de eerste en de laatste dag",
    opp="""
        wie   | schooljaar | school   | vastgesteld | besluit    | start      | status
        Anna  | 2022-2023  | Plataan  | 2022-07-01  | 2022-07-31 | 2022-08-01 | toegekend
        Bram  | 2022-2023  | Plataan  | 2022-07-01  | 2022-08-01 | 2022-07-31 | toegekend
        Chris | 2022-2023  | Plataan  | 2023-07-01  | 2023-07-31 | 2023-07-31 | toegekend
        Dilan | 2022-2023  | Plataan  | 2023-07-01  | 2023-08-01 | 2023-08-01 | toegekend
    """,
    wachttijden="""
        schooljaar | gebied_soort | gebied | stap             | aantal | mediaan_dagen
        2022-2023  | swv          | VO2704 | behoefte_besluit | 2      | 31
        2022-2023  | swv          | VO2704 | besluit_start    | 2      | 1
    """,
)

verhaal(
    "wachtend: wie op het peilmoment nog geen besluit had, valt nooit stil weg",
    opp="""
        wie   | schooljaar | school | vastgesteld | besluit    | start | status
        Anna  | 2022-2023  | Olm    | 2023-07-31  |            |       | aangevraagd
        Bram  | 2022-2023  | Olm    | 2023-08-01  |            |       | aangevraagd
        Chris | 2022-2023  | Olm    | 2023-06-01  | 2023-08-01 |       | afgewezen
        Dilan | 2022-2023  | Olm    | 2023-06-01  | 2023-07-31 |       | afgewezen
        Esra  | 2022-2023  | Olm    | 2019-01-01  |            |       | aangevraagd
    """,
    verantwoordelijkheid="""
        schooljaar | gebied_soort | gebied | verantwoordelijke | financiering | arrangementen
        2022-2023  | swv          | VO2703 | TOTAAL            | TOTAAL       | 0
    """,
    wachttijden="""
        schooljaar | gebied_soort | gebied | stap             | wachtend | wachtend_leerlingen_achter
        2022-2023  | swv          | VO2703 | behoefte_besluit | 3        | 3
    """,
)

verhaal(
    "toegewezen_ingang: bij de gemeente van de toewijzing en op de plaats van het kind",
    opp="""
        wie  | schooljaar | school | woont | vastgesteld | besluit    | start
        Anna | 2024-2025  | Taxus  | 0307  | 2024-08-21  | 2024-08-28 | 2024-09-01
    """,
    jeugdhulp="""
        wie  | schooljaar | gemeente | toegewezen | ingang     | eind
        Anna | 2024-2025  | 0402     | 2024-09-01 | 2024-09-15 |
        Anna | 2024-2025  | 0402     | 2024-09-20 | 2024-09-15 |
        Anna | 2024-2025  | 0402     | 2024-05-01 | 2024-07-31 | 2024-09-01
        Anna | 2024-2025  | 0402     | 2024-07-01 | 2024-08-01 | 2024-09-01
    """,
    wachttijden="""
        schooljaar | gebied_soort | gebied | stap              | aantal | mediaan_dagen | leerlingen_achter
        2024-2025  | woongemeente | 0402   | toegewezen_ingang | 3      | 14            | 1
        2024-2025  | woongemeente | 0402   | besluit_start     | 0      | -             | 0
        2024-2025  | swv          | VO2707 | toegewezen_ingang | 3      | 14            | 1
    """,
)

verhaal(
    "toegewezen_ingang: wat op de dag van een herindeling ingaat, gaat alleen verder",
    jeugdhulp="""
        wie   | schooljaar | gemeente | toegewezen | ingang
        Anna  | 2021-2022  | 0370     | 2021-12-01 | 2022-01-01
        Bram  | 2021-2022  | 0439     | 2021-12-01 | 2022-01-01
        Chris | 2021-2022  | 0439     | 2021-12-01 | 2022-01-02
        Dilan | 2021-2022  | 0370     | 2021-12-01 | 2021-12-31
        Esra  | 2021-2022  | 0327     | 2021-12-01 | 2022-01-01
        Finn  | 2020-2021  | 0788     | 2020-12-01 | 2021-01-01
        Gijs  | 2020-2021  | 0788     | 2020-12-01 | 2021-01-02
    """,
    inschrijving="""
        wie  | schooljaar | school
        Finn | 2020-2021  | Appel
        Gijs | 2020-2021  | Appel
    """,
    wachttijden="""
        schooljaar | gebied_soort | gebied   | stap              | aantal | p90_dagen
        2021-2022  | woongemeente | 0439     | toegewezen_ingang | 2      | 32
        2021-2022  | woongemeente | 0327     | toegewezen_ingang | 1      | 31
        2020-2021  | woongemeente | 0788     | toegewezen_ingang | 1      | 32
        2020-2021  | jeugdregio   | onbekend | toegewezen_ingang | 1      | 32
    """,
    persoon="""
        wie  | schooljaar | categorie        | woongemeente
        Anna | 2021-2022  | alleen_jeugdhulp | 0439
        Finn | 2020-2021  | alleen_jeugdhulp | 0788
    """,
)

verhaal(
    "overlegpartners: wie samen aan tafel moeten om kinderen met onderwijsondersteuning",
    opp="""
        wie   | schooljaar | school | woont      | status      | vastgesteld | besluit    | start
        Anna  | 2020-2021  | Vlier  | 0344       | toegekend   | 2020-08-21  | 2020-08-28 | 2020-09-01
        Bram  | 2020-2021  | Vlier  | 0307       | toegekend   | 2020-08-21  | 2020-08-28 | 2020-09-01
        Chris | 2020-2021  | Vlier  | buitenland | toegekend   | 2020-08-21  | 2020-08-28 | 2020-09-01
        Dilan | 2020-2021  | Vlier  | 0342       | aangevraagd | 2021-07-01  |            |
        Esra  | 2020-2021  | Wilg   | 0344       | toegekend   | 2020-08-21  | 2020-08-28 | 2020-09-01
    """,
    jeugdhulp="""
        wie  | schooljaar | gemeente | ingang
        Finn | 2020-2021  | 0342     | 2020-09-01
    """,
    inschrijving="""
        wie  | schooljaar | school
        Finn | 2020-2021  | Spar
    """,
    overlegpartners="""
        schooljaar | partij_soort | partij | gemeenten | swv | besturen | leerlingen_achter
        2020-2021  | school       | 00VL10 | 2         | -   | -        | 3
        2020-2021  | swv          | VO2708 | 2         | -   | -        | 3
        2020-2021  | bestuur      | 41006  | 1         | -   | -        | 1
        2020-2021  | gemeente     | 0344   | -         | 2   | 2        | 2
        2020-2021  | school       | 00SP10 | 0         | -   | -        | 0
    """,
)

verhaal(
    "jeugdhulppartners_per_school: aanbieders van wie daar geteld wordt, ook zonder OPP",
    opp="""
        wie  | schooljaar | school | vastgesteld | besluit    | start
        Anna | 2024-2025  | Wilg   | 2024-08-21  | 2024-08-28 | 2024-09-01
        Bram | 2024-2025  | Wilg   | 2024-08-21  | 2024-08-28 | 2024-09-01
    """,
    jeugdhulp="""
        wie   | schooljaar | gemeente | aanbieder | ingang     | eind
        Anna  | 2024-2025  | 0307     | 11111111  | 2024-09-01 |
        Anna  | 2024-2025  | 0342     | 22222222  | 2024-09-01 |
        Anna  | 2024-2025  | 0342     | 33333333  | 2023-09-01 | 2024-07-31
        Chris | 2024-2025  | 0307     | 11111111  | 2024-09-01 |
    """,
    inschrijving="""
        wie   | schooljaar | school
        Chris | 2024-2025  | Wilg
    """,
    jeugdhulppartners_per_school="""
        schooljaar | vestigingscode | aanbieders | leerlingen_achter
        2024-2025  | 00WI10         | 2          | 2
    """,
)

verhaal(
    "koppelgraad: hoeveel kinderen met onderwijsondersteuning ook jeugdhulp hebben, van welke categorie ook",
    opp="""
        wie   | schooljaar | woont | verantwoordelijke | vastgesteld | besluit    | start
        Anna  | 2022-2023  | 0402  | school            | 2022-08-21  | 2022-08-28 | 2022-09-01
        Bram  | 2022-2023  | 0402  | school            | 2022-08-21  | 2022-08-28 | 2022-09-01
        Chris | 2022-2023  | 0402  | in_overleg        | 2022-08-21  | 2022-08-28 | 2022-09-01
    """,
    jeugdhulp="""
        wie   | schooljaar | gemeente | ingang
        Bram  | 2022-2023  | 0402     | 2022-09-01
        Chris | 2022-2023  | 0402     | 2022-09-01
        Dilan | 2022-2023  | 0402     | 2022-09-01
    """,
    koppelgraad="""
        schooljaar | gemeente | leerlingen_onderwijs | gekoppeld | volledig
        2022-2023  | 0402     | 3                    | 2         | ja
    """,
)
