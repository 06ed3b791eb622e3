"""Stories: the six reasons of the grijze gebied, with the days on which they begin and end (DOMAIN section 5)."""

from tests.spec.verhaal import verhaal

verhaal(
    "verantwoordelijkheid_in_overleg: een lopend arrangement of een aanvraag waarvan niet vaststaat wie aan zet is",
    opp="""
        wie   | status      | verantwoordelijke | vastgesteld | besluit    | start      | eind
        Anna  | toegekend   | in_overleg        | 2023-08-21  | 2023-08-28 | 2023-09-01 |
        Bram  | aangevraagd | in_overleg        | 2024-07-20  |            |            |
        Chris | afgewezen   | in_overleg        | 2023-08-21  | 2023-08-28 |            |
        Dilan | toegekend   | in_overleg        | 2024-07-20  | 2024-07-25 | 2024-08-01 |
        Esra  | beeindigd   | in_overleg        | 2023-03-01  | 2023-03-08 | 2023-04-01 | 2023-07-31
        Finn  | beeindigd   | in_overleg        | 2023-03-01  | 2023-03-08 | 2023-04-01 | 2023-08-01
    """,
    persoon="""
        wie   | categorie          | redenen
        Anna  | grijs_gebied       | verantwoordelijkheid_in_overleg
        Bram  | grijs_gebied       | verantwoordelijkheid_in_overleg
        Chris | geen_ondersteuning |
        Dilan | in_aanvraag        |
        Esra  | geen_ondersteuning |
        Finn  | grijs_gebied       | verantwoordelijkheid_in_overleg
    """,
)

verhaal(
    "wacht_op_besluit: 56 dagen is de norm, de zevenenvijftigste is te laat",
    opp="""
        wie  | vastgesteld | besluit    | start
        Anna | 2023-09-01  | 2023-10-27 | 2023-11-01
        Bram | 2023-09-01  | 2023-10-28 | 2023-11-01
    """,
    persoon="""
        wie  | categorie        | redenen
        Anna | alleen_onderwijs |
        Bram | alleen_onderwijs | wacht_op_besluit
    """,
)

verhaal(
    "wacht_op_besluit: zonder besluit loopt het wachten tot het peilmoment, de laatste dag van het schooljaar",
    opp="""
        wie   | status      | vastgesteld | besluit
        Anna  | aangevraagd | 2024-06-05  |
        Bram  | aangevraagd | 2024-06-04  |
        Chris | toegekend   | 2024-06-05  | 2024-09-01
        Dilan | toegekend   | 2024-06-04  | 2024-09-01
        Esra  | aangevraagd | 2024-08-10  |
    """,
    persoon="""
        wie   | redenen
        Anna  |
        Bram  | wacht_op_besluit
        Chris |
        Dilan | wacht_op_besluit
        Esra  |
    """,
)

verhaal(
    "wacht_op_besluit: wie levert voor het schooljaar om is, heeft een eerder peilmoment",
    opp="""
        wie  | school | status      | vastgesteld
        Anna | Iep    | aangevraagd | 2024-01-05
        Bram | Iep    | aangevraagd | 2024-01-04
    """,
    persoon="""
        wie  | redenen
        Anna |
        Bram | wacht_op_besluit
    """,
)

verhaal(
    "wacht_op_besluit: het wachten moet het schooljaar raken",
    opp="""
        wie   | status    | vastgesteld | besluit    | start
        Anna  | toegekend | 2023-05-01  | 2023-07-31 | 2023-09-01
        Bram  | toegekend | 2023-05-01  | 2023-08-01 | 2023-09-01
        Chris | afgewezen | 2023-05-01  | 2023-08-01 |
    """,
    persoon="""
        wie   | categorie          | redenen
        Anna  | alleen_onderwijs   |
        Bram  | alleen_onderwijs   | wacht_op_besluit
        Chris | geen_ondersteuning | wacht_op_besluit
    """,
)

verhaal(
    "wacht_zonder_verantwoordelijke: te lang wachten terwijl niemand aan zet is, op een en dezelfde rij",
    opp="""
        wie   | status      | verantwoordelijke | vastgesteld | besluit    | start
        Anna  | aangevraagd | onbekend          | 2024-06-04  |            |
        Bram  | aangevraagd | onbekend          | 2024-06-05  |            |
        Chris | afgewezen   | in_overleg        | 2023-09-01  | 2023-10-28 |
        Dilan | aangevraagd | onbekend          | 2024-06-05  |            |
        Dilan | aangevraagd | school            | 2024-06-04  |            |
        Esra  | toegekend   | gemeente          | 2023-09-01  | 2023-10-28 | 2023-11-01
    """,
    persoon="""
        wie   | categorie        | redenen
        Anna  | grijs_gebied     | wacht_op_besluit, wacht_zonder_verantwoordelijke
        Bram  | in_aanvraag      |
        Chris | grijs_gebied     | wacht_op_besluit, wacht_zonder_verantwoordelijke
        Dilan | in_aanvraag      | wacht_op_besluit
        Esra  | alleen_onderwijs | wacht_op_besluit
    """,
)

verhaal(
    "afgewezen_andere_wet: doorgestuurd, en binnen 56 dagen is er geen jeugdhulp",
    opp="""
        wie   | status    | afwijsreden  | vastgesteld | besluit
        Anna  | afgewezen | andere_wet   | 2023-10-20  | 2023-11-01
        Bram  | afgewezen | andere_wet   | 2023-10-20  | 2023-11-01
        Chris | afgewezen | andere_wet   | 2023-10-20  | 2023-11-01
        Dilan | afgewezen | andere_wet   | 2023-10-20  | 2023-11-01
        Esra  | afgewezen | andere_wet   | 2023-10-20  | 2023-11-01
        Finn  | afgewezen | geen_noodzaak | 2023-10-20 | 2023-11-01
    """,
    jeugdhulp="""
        wie   | ingang     | eind
        Bram  | 2023-12-27 |
        Chris | 2023-12-28 |
        Dilan | 2023-09-01 | 2023-10-31
        Esra  | 2023-09-01 | 2023-11-01
    """,
    persoon="""
        wie   | categorie          | redenen
        Anna  | grijs_gebied       | afgewezen_andere_wet
        Bram  | alleen_jeugdhulp   |
        Chris | grijs_gebied       | afgewezen_andere_wet
        Dilan | grijs_gebied       | afgewezen_andere_wet
        Esra  | alleen_jeugdhulp   |
        Finn  | geen_ondersteuning |
    """,
)

verhaal(
    "afgewezen_andere_wet: het besluit moet in het schooljaar vallen",
    opp="""
        wie   | status    | afwijsreden | vastgesteld | besluit
        Anna  | afgewezen | andere_wet  | 2023-07-20  | 2023-07-31
        Bram  | afgewezen | andere_wet  | 2023-07-20  | 2023-08-01
        Chris | afgewezen | andere_wet  | 2024-07-20  | 2024-07-31
        Dilan | afgewezen | andere_wet  | 2024-07-20  | 2024-08-01
    """,
    persoon="""
        wie   | categorie
        Anna  | geen_ondersteuning
        Bram  | grijs_gebied
        Chris | grijs_gebied
        Dilan | geen_ondersteuning
    """,
)

verhaal(
    "afgewezen_andere_wet: een toewijzing uit de levering van een ander schooljaar telt ook",
    opp="""
        wie  | status    | afwijsreden | vastgesteld | besluit
        Anna | afgewezen | andere_wet  | 2024-07-01  | 2024-07-10
        Bram | afgewezen | andere_wet  | 2023-08-01  | 2023-08-10
    """,
    jeugdhulp="""
        wie  | schooljaar | ingang     | eind
        Anna | 2024-2025  | 2024-08-15 |
        Bram | 2022-2023  | 2023-01-01 | 2023-08-10
    """,
    persoon="""
        wie  | categorie
        Anna | geen_ondersteuning
        Bram | geen_ondersteuning
    """,
)

verhaal(
    "afgewezen_andere_wet: van een toewijzing geldt over alle leveringen de nieuwste versie",
    opp="""
        wie   | status    | afwijsreden | vastgesteld | besluit
        Anna  | afgewezen | andere_wet  | 2023-10-20  | 2023-11-01
        Bram  | afgewezen | andere_wet  | 2023-10-20  | 2023-11-01
        Chris | afgewezen | andere_wet  | 2023-10-20  | 2023-11-01
    """,
    jeugdhulp="""
        wie   | id       | schooljaar | ingang     | eind       | reden_wijziging
        Anna  | van Anna | 2022-2023  | 2023-01-01 |            |
        Anna  | van Anna | 2023-2024  | 2023-01-01 | 2023-09-30 |
        Bram  | van Bram | 2022-2023  | 2023-01-01 |            |
        Bram  | van Bram | 2023-2024  | 2023-01-01 |            | 13
        Chris | van Chris | 2022-2023 | 2023-01-01 | 2023-09-30 |
        Chris | van Chris | 2024-2025 | 2023-01-01 | 2024-09-30 |
    """,
    persoon="""
        wie   | schooljaar | categorie
        Anna  | 2023-2024  | grijs_gebied
        Bram  | 2023-2024  | grijs_gebied
        Chris | 2023-2024  | geen_ondersteuning
    """,
)

verhaal(
    "afgewezen_andere_wet: is de gemeente stil over een geraakt schooljaar, dan valt het niet te zeggen",
    opp="""
        wie   | woont | status    | afwijsreden | vastgesteld | besluit
        Anna  | 0327  | afgewezen | andere_wet  | 2024-05-20  | 2024-06-05
        Bram  | 0327  | afgewezen | andere_wet  | 2024-05-20  | 2024-06-06
        Chris | 0308  | afgewezen | andere_wet  | 2023-10-20  | 2023-11-01
    """,
    persoon="""
        wie   | categorie
        Anna  | grijs_gebied
        Bram  | geen_ondersteuning
        Chris | niet_te_bepalen
    """,
)

verhaal(
    "afgewezen_andere_wet: de termijn moet om zijn op de nieuwste leverdatum van de gemeente",
    opp="""
        wie   | schooljaar | woont | status    | afwijsreden | vastgesteld | besluit
        Anna  | 2024-2025  | 0313  | afgewezen | andere_wet  | 2025-03-10  | 2025-03-25
        Bram  | 2024-2025  | 0313  | afgewezen | andere_wet  | 2025-03-10  | 2025-03-26
        Chris | 2023-2024  | 0313  | afgewezen | andere_wet  | 2024-04-10  | 2024-04-15
    """,
    persoon="""
        wie   | schooljaar | categorie
        Anna  | 2024-2025  | grijs_gebied
        Bram  | 2024-2025  | geen_ondersteuning
        Chris | 2023-2024  | grijs_gebied
    """,
)

verhaal(
    "verantwoordelijke_onbekend: een signaal bij een lopend arrangement, geen grijs gebied",
    opp="""
        wie   | status      | verantwoordelijke | vastgesteld | start      | besluit
        Anna  | toegekend   | onbekend          | 2023-08-21  | 2023-09-01 | 2023-08-28
        Bram  | aangevraagd | onbekend          | 2024-07-01  |            |
        Chris | toegekend   | onbekend          | 2024-07-01  | 2024-08-01 | 2024-07-10
    """,
    persoon="""
        wie   | categorie        | redenen
        Anna  | alleen_onderwijs | verantwoordelijke_onbekend
        Bram  | in_aanvraag      |
        Chris | in_aanvraag      |
    """,
)

verhaal(
    "dubbel_aanbod: 28 dagen samen binnen het schooljaar, begin en einde meegeteld",
    opp="""
        wie   | behoefte | vastgesteld | besluit    | start      | eind
        Anna  | gedrag   | 2023-08-21  | 2023-08-28 | 2023-09-01 | 2023-09-28
        Bram  | gedrag   | 2023-08-21  | 2023-08-28 | 2023-09-01 | 2023-09-27
        Chris | gedrag   | 2023-01-21  | 2023-01-28 | 2023-02-01 | 2023-08-28
        Dilan | gedrag   | 2023-01-21  | 2023-01-28 | 2023-02-01 | 2023-08-27
        Esra  | gedrag   | 2024-07-01  | 2024-07-02 | 2024-07-04 |
        Finn  | gedrag   | 2024-07-01  | 2024-07-02 | 2024-07-05 |
        Gijs  | gedrag   | 2023-08-21  | 2023-08-28 | 2023-09-01 |
    """,
    jeugdhulp="""
        wie   | ingang     | eind       | op_school
        Anna  | 2022-01-01 |            | ja
        Bram  | 2022-01-01 |            | ja
        Chris | 2022-01-01 |            | ja
        Dilan | 2022-01-01 |            | ja
        Esra  | 2022-01-01 |            | ja
        Finn  | 2022-01-01 |            | ja
        Gijs  | 2023-10-01 | 2023-10-14 | ja
        Gijs  | 2023-11-01 | 2023-11-14 | ja
    """,
    persoon="""
        wie   | categorie | redenen
        Anna  | samenloop | dubbel_aanbod
        Bram  | samenloop |
        Chris | samenloop | dubbel_aanbod
        Dilan | samenloop |
        Esra  | samenloop | dubbel_aanbod
        Finn  | samenloop |
        Gijs  | samenloop |
    """,
)

verhaal(
    "dubbel_aanbod: op school, dezelfde behoefte, en niet samen betaald of afgesproken",
    opp="""
        wie    | behoefte           | financiering       | verantwoordelijke
        Anna   | gedrag             | school             | school
        Bram   | gedrag             | school             | school
        Chris  | gedrag             | school             | school
        Dilan  | gedrag             | school             | school
        Esra   | leren              | school             | school
        Finn   | gedrag             | gezamenlijk_budget | school
        Gijs   | gedrag             | school             | gezamenlijk
        Hanna  | medisch_verzorging | school             | school
        Imke   | sociaal_emotioneel | school             | school
    """,
    jeugdhulp="""
        wie    | categorie | product | op_school
        Anna   | 45        |         | ja
        Bram   | 45        | 45A13   | nee
        Chris  | 45        | 45A04   | onbekend
        Dilan  |           | 45A13   | ja
        Esra   | 45        |         | ja
        Finn   | 45        |         | ja
        Gijs   | 45        |         | ja
        Hanna  | 40        | 40A01   | onbekend
        Imke   | 41        |         | ja
    """,
    persoon="""
        wie    | redenen
        Anna   | dubbel_aanbod
        Bram   | dubbel_aanbod
        Chris  |
        Dilan  |
        Esra   |
        Finn   |
        Gijs   |
        Hanna  | dubbel_aanbod
        Imke   |
    """,
)

verhaal(
    "Kern gaat voor alles: ook met jeugdhulp en een lopend arrangement is het grijs gebied",
    opp="""
        wie  | verantwoordelijke
        Anna | in_overleg
    """,
    jeugdhulp="""
        wie
        Anna
    """,
    persoon="""
        wie  | categorie    | redenen
        Anna | grijs_gebied | verantwoordelijkheid_in_overleg
    """,
)
