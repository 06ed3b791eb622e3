"""Stories: where a child counts, once per schooljaar (DOMAIN section 5, Place)."""

from tests.spec.verhaal import verhaal

verhaal(
    "Van meer lopende arrangementen beslist dat van de peildatum, 1 oktober",
    opp="""
        wie   | school | woont | vastgesteld | besluit    | start      | eind
        Anna  | Appel  | 0307  | 2023-08-01  | 2023-08-08 | 2023-08-15 | 2023-10-01
        Anna  | Beuk   | 0342  | 2023-08-01  | 2023-08-08 | 2023-10-02 |
        Bram  | Appel  | 0307  | 2023-08-01  | 2023-08-08 | 2023-08-15 | 2023-09-30
        Bram  | Beuk   | 0342  | 2023-08-01  | 2023-08-08 | 2023-10-01 |
    """,
    persoon="""
        wie  | vestiging | woongemeente
        Anna | Appel     | 0307
        Bram | Beuk      | 0342
    """,
)

verhaal(
    "Dan de jongste start, dan de laagste vestigingscode, dan het laagste arrangement_id",
    opp="""
        wie   | id | school | woont | start
        Anna  | 1  | Appel  | 0307  | 2023-08-15
        Anna  | 2  | Beuk   | 0342  | 2023-08-16
        Bram  | 1  | Beuk   | 0342  | 2023-08-15
        Bram  | 2  | Appel  | 0307  | 2023-08-15
        Chris | 2  | Appel  | 0307  | 2023-08-15
        Chris | 1  | Appel  | 0342  | 2023-08-15
    """,
    persoon="""
        wie   | vestiging | woongemeente
        Anna  | Beuk      | 0342
        Bram  | Appel     | 0307
        Chris | Appel     | 0342
    """,
)

verhaal(
    "Loopt er niets op de peildatum, dan beslissen alle lopende arrangementen; een aanvraag nooit",
    opp="""
        wie  | status      | school | vastgesteld | besluit    | start      | eind
        Anna | beeindigd   | Appel  | 2023-08-01  | 2023-08-08 | 2023-08-15 | 2023-09-15
        Anna | toegekend   | Beuk   | 2023-08-01  | 2023-08-08 | 2023-11-15 |
        Bram | toegekend   | Beuk   | 2023-08-01  | 2023-08-08 | 2023-11-15 |
        Bram | aangevraagd | Appel  | 2024-07-01  |            |            |
        Bram | toegekend   | Appel  | 2024-07-01  | 2024-07-05 | 2024-08-01 |
    """,
    persoon="""
        wie  | vestiging
        Anna | Beuk
        Bram | Beuk
    """,
)

verhaal(
    "Zonder lopend arrangement beslist de rij met de jongst vastgestelde behoefte",
    opp="""
        wie   | id | status      | school | vastgesteld | besluit
        Anna  | 1  | aangevraagd | Beuk   | 2024-07-02  |
        Anna  | 2  | aangevraagd | Appel  | 2024-07-01  |
        Bram  | 1  | aangevraagd | Beuk   | 2024-07-01  |
        Bram  | 2  | afgewezen   | Appel  | 2024-07-01  | 2024-07-02
    """,
    persoon="""
        wie  | categorie   | vestiging
        Anna | in_aanvraag | Beuk
        Bram | in_aanvraag | Appel
    """,
)

verhaal(
    "Wie alleen jeugdhulp heeft, staat bij zijn inschrijving, ook met een rij in het OPP; anders bij onbekend",
    opp="""
        wie  | status    | school
        Anna | afgewezen | Appel
        Bram | afgewezen | Appel
    """,
    jeugdhulp="""
        wie
        Anna
        Bram
        Chris
        Dilan
        Esra
    """,
    inschrijving="""
        wie   | school | schooljaar
        Anna  | Beuk   | 2023-2024
        Chris | Beuk   | 2023-2024
        Esra  | Beuk   | 2023-2024
        Esra  | Appel  | 2023-2024
        Dilan | Appel  | 2022-2023
    """,
    persoon="""
        wie   | categorie        | vestiging
        Anna  | alleen_jeugdhulp | Beuk
        Bram  | alleen_jeugdhulp | onbekend
        Chris | alleen_jeugdhulp | Beuk
        Dilan | alleen_jeugdhulp | onbekend
        Esra  | alleen_jeugdhulp | Appel
    """,
)

verhaal(
    "Wie ook onderwijs heeft, of grijs gebied is, staat waar zijn OPP hem plaatst, niet waar hij ingeschreven is",
    opp="""
        wie  | status      | school | verantwoordelijke | vastgesteld
        Anna | toegekend   | Beuk   | school            | 2023-08-21
        Bram | aangevraagd | Beuk   | in_overleg        | 2024-07-01
    """,
    jeugdhulp="""
        wie
        Anna
        Bram
    """,
    inschrijving="""
        wie  | school
        Anna | Appel
        Bram | Appel
    """,
    persoon="""
        wie  | categorie    | vestiging
        Anna | samenloop    | Beuk
        Bram | grijs_gebied | Beuk
    """,
)

verhaal(
    "Zonder rij in het OPP woont een kind in de gemeente van de toewijzing die het laatst inging",
    jeugdhulp="""
        wie   | gemeente | schooljaar | ingang     | eind
        Anna  | 0307     | 2023-2024  | 2023-09-01 |
        Anna  | 0342     | 2023-2024  | 2023-10-01 | 2023-11-01
        Bram  | 0342     | 2023-2024  | 2023-09-01 |
        Bram  | 0307     | 2023-2024  | 2023-09-01 |
        Chris | 0370     | 2020-2021  | 2020-09-01 |
        Chris | 0402     | 2020-2021  | 2020-09-01 |
    """,
    inschrijving="""
        wie   | schooljaar
        Chris | 2020-2021
    """,
    persoon="""
        wie   | schooljaar | woongemeente
        Anna  | 2023-2024  | 0342
        Bram  | 2023-2024  | 0307
        Chris | 2020-2021  | 0402
    """,
)

verhaal(
    "Een rij in het OPP zegt waar een kind woont, ook als het alleen jeugdhulp van elders heeft",
    opp="""
        wie  | status    | woont
        Anna | afgewezen | 0342
    """,
    jeugdhulp="""
        wie  | gemeente
        Anna | 0307
    """,
    persoon="""
        wie  | categorie        | woongemeente
        Anna | alleen_jeugdhulp | 0342
    """,
)
