"""Stories: which categorie a child gets in a schooljaar (DOMAIN section 5)."""

from tests.spec.verhaal import verhaal

verhaal(
    "De vijf gewone uitkomsten, en wie niet meer meetelt",
    opp="""
        wie    | status
        Anna   | toegekend
        Bram   | beeindigd
        Dilan  | aangevraagd
        Esra   | afgewezen
        Fatima | toegekend
    """,
    jeugdhulp="""
        wie
        Bram
        Chris
    """,
    persoon="""
        wie    | categorie           | redenen
        Anna   | alleen_onderwijs    |
        Bram   | samenloop           |
        Chris  | alleen_jeugdhulp    |
        Dilan  | in_aanvraag         | wacht_op_besluit
        Esra   | geen_ondersteuning  |
        Fatima | alleen_onderwijs    |
    """,
)

verhaal(
    "Een arrangement telt mee als het minstens één dag in het schooljaar valt",
    opp="""
        wie   | status    | start      | eind
        Anna  | toegekend | 2023-03-01 | 2023-08-01
        Bram  | toegekend | 2023-03-01 | 2023-07-31
        Chris | toegekend | 2024-07-31 |
        Dilan | toegekend | 2024-08-01 |
        Esra  | beeindigd | 2024-08-01 | 2024-09-01
        Finn  | toegekend | 2019-01-01 |
    """,
    persoon="""
        wie   | categorie
        Anna  | alleen_onderwijs
        Bram  | geen_ondersteuning
        Chris | alleen_onderwijs
        Dilan | in_aanvraag
        Esra  | geen_ondersteuning
        Finn  | alleen_onderwijs
    """,
)

verhaal(
    "Een toewijzing telt mee als zij minstens één dag in het schooljaar valt",
    jeugdhulp="""
        wie   | ingang     | eind
        Anna  | 2022-01-01 | 2023-08-01
        Bram  | 2022-01-01 | 2023-07-31
        Chris | 2024-07-31 | 2024-07-31
        Dilan | 2024-08-01 |
        Esra  | 2015-01-01 |
    """,
    persoon="""
        wie   | categorie
        Anna  | alleen_jeugdhulp
        Bram  | -
        Chris | alleen_jeugdhulp
        Dilan | -
        Esra  | alleen_jeugdhulp
    """,
)

verhaal(
    "Voor een schooljaar tellen alleen de leveringen van dat schooljaar",
    opp="""
        wie  | schooljaar
        Anna | 2023-2024
    """,
    jeugdhulp="""
        wie  | schooljaar | ingang     | eind
        Anna | 2022-2023  | 2023-01-01 |
        Anna | 2024-2025  | 2024-01-01 | 2024-12-31
    """,
    persoon="""
        wie  | schooljaar | categorie
        Anna | 2022-2023  | alleen_jeugdhulp
        Anna | 2023-2024  | alleen_onderwijs
        Anna | 2024-2025  | alleen_jeugdhulp
    """,
)

verhaal(
    "Jeugdhulp van welke gemeente dan ook is jeugdhulp",
    opp="""
        wie  | woont
        Anna | 0307
    """,
    jeugdhulp="""
        wie  | gemeente
        Anna | 0342
    """,
    persoon="""
        wie  | categorie | woongemeente
        Anna | samenloop | 0307
    """,
)

verhaal(
    "Een toewijzing met RedenWijziging 13 heeft nooit bestaan, ook niet met een einde voor het begin",
    jeugdhulp="""
        wie   | reden_wijziging | ingang     | eind
        Anna  | 13              | 2023-09-01 |
        Bram  | 13              | 2023-09-01 | 2023-08-31
        Chris | 11              | 2023-09-01 |
        Dilan | 01              | 2023-09-01 |
    """,
    persoon="""
        wie   | categorie
        Anna  | -
        Bram  | -
        Chris | alleen_jeugdhulp
        Dilan | alleen_jeugdhulp
    """,
)

verhaal(
    "Een nieuwere levering vervangt de oudere in haar geheel",
    opp="""
        wie  | levering  | status
        Anna | vervangen | toegekend
        Anna | nieuwste  | aangevraagd
        Bram | vervangen | toegekend
    """,
    jeugdhulp="""
        wie   | levering
        Chris | vervangen
    """,
    persoon="""
        wie   | categorie
        Anna  | in_aanvraag
        Bram  | -
        Chris | -
    """,
)

verhaal(
    "Van wie in een gemeente woont die niet leverde, is de rest niet te bepalen",
    opp="""
        wie   | woont      | schooljaar | status      | verantwoordelijke | vastgesteld | besluit    | start
        Anna  | 0308       | 2023-2024  | toegekend   | school            | 2023-08-21  | 2023-08-28 | 2023-09-01
        Bram  | 0308       | 2023-2024  | toegekend   | in_overleg        | 2023-08-21  | 2023-08-28 | 2023-09-01
        Chris | 0308       | 2023-2024  | afgewezen   | school            | 2023-08-21  | 2023-08-28 |
        Dilan | 0308       | 2023-2024  | aangevraagd | school            | 2024-07-01  |            |
        Esra  | buitenland | 2023-2024  | toegekend   | school            | 2023-08-21  | 2023-08-28 | 2023-09-01
        Finn  | onbekend   | 2023-2024  | toegekend   | school            | 2023-08-21  | 2023-08-28 | 2023-09-01
        Gijs  | 0308       | 2023-2024  | toegekend   | school            | 2023-08-21  | 2023-08-28 | 2023-09-01
    """,
    jeugdhulp="""
        wie  | gemeente
        Gijs | 0307
    """,
    persoon="""
        wie   | schooljaar | categorie
        Anna  | 2023-2024  | niet_te_bepalen
        Bram  | 2023-2024  | grijs_gebied
        Chris | 2023-2024  | niet_te_bepalen
        Dilan | 2023-2024  | niet_te_bepalen
        Esra  | 2023-2024  | niet_te_bepalen
        Finn  | 2023-2024  | niet_te_bepalen
        Gijs  | 2023-2024  | niet_te_bepalen
    """,
)

verhaal(
    "Een herindeling: elke code die tot de nieuwe gemeente leidt, levert voor haar",
    opp="""
        wie  | schooljaar | woont | vastgesteld | besluit    | start
        Anna | 2020-2021  | 0439  | 2020-08-21  | 2020-08-28 | 2020-09-01
        Bram | 2023-2024  | 0370  | 2023-08-21  | 2023-08-28 | 2023-09-01
    """,
    persoon="""
        wie  | schooljaar | categorie        | woongemeente
        Anna | 2020-2021  | alleen_onderwijs | 0439
        Bram | 2023-2024  | alleen_onderwijs | 0439
    """,
)

verhaal(
    "Een code die over meer gemeenten werd verdeeld, houdt zichzelf en levert alleen voor zichzelf",
    opp="""
        wie  | woont
        Anna | 0788
        Bram | 0757
    """,
    persoon="""
        wie  | categorie        | woongemeente
        Anna | alleen_onderwijs | 0788
        Bram | niet_te_bepalen  | 0757
    """,
)
