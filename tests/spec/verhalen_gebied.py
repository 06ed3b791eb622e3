"""Stories: areas, the complete grid, and what cannot be known is not 0 (DOMAIN section 5).

Each story has a gemeente, school or schooljaar to itself, so that the whole cell is in the story.
In these tables `te_bepalen` nee means status niet_te_bepalen.
"""

from tests.spec.verhaal import verhaal

verhaal(
    "Een kind telt één keer in elk van de vijf soorten gebied",
    opp="""
        wie  | schooljaar | school | woont | vastgesteld | besluit    | start
        Anna | 2021-2022  | Linde  | 0402  | 2021-08-21  | 2021-08-28 | 2021-09-01
        Bram | 2021-2022  | Linde  | 0402  | 2021-08-21  | 2021-08-28 | 2021-09-01
    """,
    jeugdhulp="""
        wie  | schooljaar | gemeente | ingang
        Bram | 2021-2022  | 0402     | 2021-09-01
    """,
    ondersteuning_per_gebied="""
        schooljaar | gebied_soort   | gebied | categorie          | leerlingen | volledig | te_bepalen
        2021-2022  | schoolgemeente | 0321   | samenloop          | 1          | ja       | ja
        2021-2022  | schoolgemeente | 0321   | alleen_onderwijs   | 1          | ja       | ja
        2021-2022  | schoolgemeente | 0321   | grijs_gebied       | 0          | ja       | ja
        2021-2022  | schoolgemeente | 0321   | TOTAAL             | 2          | ja       | ja
        2021-2022  | swv            | VO2604 | samenloop          | 1          | ja       | ja
        2021-2022  | swv            | VO2604 | alleen_jeugdhulp   | 0          | ja       | ja
        2021-2022  | swv            | VO2604 | TOTAAL             | 2          | ja       | ja
        2021-2022  | woongemeente   | 0402   | alleen_onderwijs   | 1          | ja       | ja
        2021-2022  | woongemeente   | 0402   | samenloop          | 1          | ja       | ja
    """,
    ondersteuning_per_school="""
        schooljaar | swv    | bestuur | vestigingscode | categorie        | leerlingen | te_bepalen
        2021-2022  | VO2604 | 41005   | 00LI10         | samenloop        | 1          | ja
        2021-2022  | VO2604 | 41005   | 00LI10         | TOTAAL           | 2          | ja
        2021-2022  | VO2604 | 41005   | TOTAAL         | TOTAAL           | 2          | ja
        2021-2022  | VO2604 | TOTAAL  | TOTAAL         | alleen_onderwijs | 1          | ja
    """,
    ondersteuning_per_bestuur_gemeente="""
        schooljaar | bestuur | gemeente | categorie       | leerlingen | te_bepalen
        2021-2022  | 41005   | 0402     | overig          | 2          | ja
        2021-2022  | 41005   | 0402     | grijs_gebied    | 0          | ja
        2021-2022  | 41005   | 0307     | TOTAAL          | 0          | ja
    """,
)

verhaal(
    "Een gemeente die niet leverde: grijs gebied en totaal zijn bekend, de rest niet",
    opp="""
        wie  | schooljaar | school | woont | vastgesteld | besluit    | start      | verantwoordelijke
        Anna | 2022-2023  | Appel  | 0342  | 2022-08-21  | 2022-08-28 | 2022-09-01 | school
        Bram | 2022-2023  | Appel  | 0342  | 2022-08-21  | 2022-08-28 | 2022-09-01 | in_overleg
    """,
    ondersteuning_per_gebied="""
        schooljaar | gebied_soort | gebied | categorie        | leerlingen | volledig | te_bepalen
        2022-2023  | woongemeente | 0342   | grijs_gebied     | 1          | nee      | ja
        2022-2023  | woongemeente | 0342   | niet_te_bepalen  | 1          | nee      | ja
        2022-2023  | woongemeente | 0342   | TOTAAL           | 2          | nee      | ja
        2022-2023  | woongemeente | 0342   | samenloop        | -          | nee      | nee
        2022-2023  | woongemeente | 0342   | alleen_onderwijs | -          | nee      | nee
        2022-2023  | woongemeente | 0342   | alleen_jeugdhulp | -          | nee      | nee
        2022-2023  | woongemeente | 0342   | in_aanvraag      | -          | nee      | nee
    """,
    grijs_gebied_redenen="""
        schooljaar | gebied_soort | gebied | reden                           | soort    | leerlingen | te_bepalen
        2022-2023  | woongemeente | 0342   | verantwoordelijkheid_in_overleg | kern     | 1          | ja
        2022-2023  | woongemeente | 0342   | wacht_zonder_verantwoordelijke  | kern     | 0          | ja
        2022-2023  | woongemeente | 0342   | wacht_op_besluit                | signaal  | 0          | ja
        2022-2023  | woongemeente | 0342   | verantwoordelijke_onbekend      | signaal  | 0          | ja
        2022-2023  | woongemeente | 0342   | afgewezen_andere_wet            | kern     | -          | nee
        2022-2023  | woongemeente | 0342   | dubbel_aanbod                   | signaal  | -          | nee
    """,
    ondersteuning_per_bestuur_gemeente="""
        schooljaar | bestuur | gemeente | categorie       | leerlingen | te_bepalen
        2022-2023  | 41001   | 0342     | grijs_gebied    | 1          | ja
        2022-2023  | 41001   | 0342     | niet_te_bepalen | 1          | ja
        2022-2023  | 41001   | 0342     | overig          | -          | nee
        2022-2023  | TOTAAL  | 0342     | overig          | -          | nee
        2022-2023  | TOTAAL  | 0342     | TOTAAL          | 2          | ja
    """,
    wachttijden="""
        schooljaar | gebied_soort | gebied | stap              | aantal | wachtend | volledig | te_bepalen
        2022-2023  | woongemeente | 0342   | behoefte_besluit  | 2      | 0        | nee      | ja
        2022-2023  | woongemeente | 0342   | besluit_start     | 2      | -        | nee      | ja
        2022-2023  | woongemeente | 0342   | toegewezen_ingang | -      | -        | nee      | nee
    """,
    koppelgraad="""
        schooljaar | gemeente | leerlingen_onderwijs | gekoppeld | volledig
        2022-2023  | 0342     | 2                    | -         | nee
    """,
)

verhaal(
    "Mist één deelnemer of één bestuur, dan is geen gebied van dat schooljaar volledig",
    opp="""
        wie  | schooljaar | school   | woont | vastgesteld | besluit    | start
        Anna | 2022-2023  | Notelaar | 0439  | 2022-08-21  | 2022-08-28 | 2022-09-01
        Anna | 2023-2024  | Notelaar | 0439  | 2023-08-21  | 2023-08-28 | 2023-09-01
        Anna | 2024-2025  | Notelaar | 0439  | 2024-08-21  | 2024-08-28 | 2024-09-01
    """,
    ondersteuning_per_gebied="""
        schooljaar | gebied_soort   | gebied               | categorie | volledig
        2022-2023  | woongemeente   | 0439                 | TOTAAL    | nee
        2022-2023  | swv            | VO2702               | TOTAAL    | nee
        2022-2023  | regio          | TOTAAL               | TOTAAL    | nee
        2023-2024  | woongemeente   | 0439                 | TOTAAL    | ja
        2023-2024  | jeugdregio     | Zaanstreek-Waterland | TOTAAL    | ja
        2023-2024  | schoolgemeente | 0353                 | TOTAAL    | ja
        2023-2024  | swv            | VO2702               | TOTAAL    | ja
        2023-2024  | regio          | TOTAAL               | TOTAAL    | ja
        2024-2025  | woongemeente   | 0439                 | TOTAAL    | ja
        2024-2025  | jeugdregio     | Zaanstreek-Waterland | TOTAAL    | nee
        2024-2025  | schoolgemeente | 0353                 | TOTAAL    | nee
        2024-2025  | swv            | VO2702               | TOTAAL    | nee
        2024-2025  | regio          | TOTAAL               | TOTAAL    | nee
    """,
)

verhaal(
    "Een bestuur zonder inschrijving: wie daar alleen jeugdhulp heeft, is niet te bepalen",
    opp="""
        wie  | schooljaar | school   | vastgesteld | besluit    | start
        Anna | 2021-2022  | Hazelaar | 2021-08-21  | 2021-08-28 | 2021-09-01
    """,
    ondersteuning_per_school="""
        schooljaar | swv    | bestuur | vestigingscode | categorie        | leerlingen | te_bepalen
        2021-2022  | PO2505 | 41002   | 00HA10         | alleen_jeugdhulp | -          | nee
        2021-2022  | PO2505 | 41002   | TOTAAL         | alleen_jeugdhulp | -          | nee
        2021-2022  | PO2505 | TOTAAL  | TOTAAL         | alleen_jeugdhulp | -          | nee
        2021-2022  | PO2505 | 41002   | 00HA10         | alleen_onderwijs | 1          | ja
        2021-2022  | PO2505 | 41002   | 00HA10         | TOTAAL           | 1          | ja
    """,
    ondersteuning_per_gebied="""
        schooljaar | gebied_soort   | gebied | categorie        | leerlingen | te_bepalen
        2021-2022  | swv            | PO2505 | alleen_jeugdhulp | -          | nee
        2021-2022  | schoolgemeente | 0232   | alleen_jeugdhulp | -          | nee
        2021-2022  | swv            | PO2505 | alleen_onderwijs | 1          | ja
        2021-2022  | swv            | PO2505 | TOTAAL           | 1          | ja
    """,
)

verhaal(
    "Wie op geen school te plaatsen is, staat bij onbekend, en daar is hij wel te tellen",
    jeugdhulp="""
        wie  | schooljaar | gemeente | ingang     | eind
        Anna | 2020-2021  | 0313     | 2020-09-01 | 2021-01-31
    """,
    ondersteuning_per_school="""
        schooljaar | swv      | bestuur  | vestigingscode | categorie        | leerlingen | te_bepalen
        2020-2021  | onbekend | onbekend | onbekend       | alleen_jeugdhulp | 1          | ja
        2020-2021  | onbekend | onbekend | TOTAAL         | alleen_jeugdhulp | 1          | ja
        2020-2021  | onbekend | TOTAAL   | TOTAAL         | alleen_jeugdhulp | 1          | ja
    """,
    ondersteuning_per_gebied="""
        schooljaar | gebied_soort   | gebied   | categorie        | leerlingen | te_bepalen
        2020-2021  | schoolgemeente | onbekend | alleen_jeugdhulp | 1          | ja
        2020-2021  | swv            | onbekend | alleen_jeugdhulp | 1          | ja
        2020-2021  | woongemeente   | 0313     | alleen_jeugdhulp | 1          | ja
    """,
)

verhaal(
    "Buitenland en onbekend zijn geen gemeenten die leverden",
    opp="""
        wie  | schooljaar | school | woont      | vastgesteld | besluit    | start
        Anna | 2021-2022  | Ceder  | buitenland | 2021-08-21  | 2021-08-28 | 2021-09-01
        Bram | 2021-2022  | Ceder  | onbekend   | 2021-08-21  | 2021-08-28 | 2021-09-01
    """,
    ondersteuning_per_gebied="""
        schooljaar | gebied_soort | gebied     | categorie        | leerlingen | volledig | te_bepalen
        2021-2022  | woongemeente | buitenland | niet_te_bepalen  | 1          | nee      | ja
        2021-2022  | woongemeente | buitenland | alleen_onderwijs | -          | nee      | nee
        2021-2022  | woongemeente | onbekend   | niet_te_bepalen  | 1          | nee      | ja
        2021-2022  | jeugdregio   | buitenland | TOTAAL           | 1          | ja       | ja
    """,
    koppelgraad="""
        schooljaar | gemeente   | leerlingen_onderwijs | gekoppeld | volledig
        2021-2022  | buitenland | 1                    | -         | nee
        2021-2022  | onbekend   | 1                    | -         | nee
    """,
)
