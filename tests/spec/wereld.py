"""The world in which all stories play: who exists, and who delivered what, when.

Lives here: parties and their deliveries. Not here: any child; those are in the stories.

Everyone delivers every schooljaar on 1 October after it, unless the tables below say otherwise.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

SCHOOLJAREN = ("2020-2021", "2021-2022", "2022-2023", "2023-2024", "2024-2025")
GEWOON = "2023-2024"  # the schooljaar of a story that names none: everyone delivered


class School(NamedTuple):
    code: str
    bestuur: str
    swv: str
    gemeente: str


# bestuur: 41001 is like most; 41002 never delivers inschrijving; 41003 delivers before its schooljaar is
# over; 41004 delivered nothing at all for 2022-2023.
SCHOOL = {
    "Appel": School("00AP10", "41001", "PO2602", "0307"),
    "Beuk": School("00BE10", "41001", "PO2602", "0307"),
    "Ceder": School("00CE10", "41001", "PO2602", "0310"),
    "Den": School("00DE10", "41002", "PO2501", "0310"),
    "Eik": School("00EI10", "41002", "PO2501", "0228"),
    "Hazelaar": School("00HA10", "41002", "PO2505", "0232"),
    "Iep": School("00IE10", "41003", "VO2602", "0307"),
    "Kastanje": School("00KA10", "41004", "VO2602", "0307"),
    # From here on every school has a swv and a gemeente to itself, for stories about areas.
    "Linde": School("00LI10", "41005", "VO2604", "0321"),
    "Meidoorn": School("00ME10", "41005", "VO2701", "0356"),
    "Notelaar": School("00NO10", "41005", "VO2702", "0353"),
    "Olm": School("00OL10", "41005", "VO2703", "0355"),
    "Plataan": School("00PL10", "41005", "VO2704", "0340"),
    "Robinia": School("00RO10", "41005", "VO2705", "0339"),
    "Spar": School("00SP10", "41005", "VO2706", "0345"),
    "Taxus": School("00TA10", "41005", "VO2707", "0335"),
    "Vlier": School("00VL10", "41005", "VO2708", "0331"),
    "Wilg": School("00WI10", "41006", "VO2709", "0312"),
}
# Delivered before the schooljaar ended: the waits that are still open are measured up to that day.
LEVERT_VROEG = {("41003", "2023-2024"): date(2024, 3, 1)}
OPP_STIL = {("41004", "2022-2023")}
INSCHRIJVING_STIL = {("41002", j) for j in SCHOOLJAREN} | {("41004", "2022-2023")}

# Gemeenten that deliver jeugdhulp; every other one is silent for ever and no participant.
DEELNEMER = {
    "0307": SCHOOLJAREN,  # Amersfoort
    "0342": ("2020-2021", "2021-2022", "2023-2024", "2024-2025"),  # Soest missed 2022-2023
    "0327": ("2020-2021", "2021-2022", "2022-2023", "2023-2024"),  # Leusden missed the last one
    "0313": SCHOOLJAREN,  # Bunschoten: early in its last two years
    "0439": ("2021-2022", "2022-2023", "2023-2024", "2024-2025"),  # Purmerend, with Beemster since 2022
    "0370": ("2020-2021", "2021-2022"),  # Beemster, until the herindeling of 1 January 2022
    "0402": SCHOOLJAREN,  # Hilversum: between the old and the new code of Beemster
    "0788": ("2020-2021", "2021-2022", "2022-2023", "2023-2024"),  # Haaren, split over four in 2021
}
JEUGDHULP_DATUM = {("0313", "2023-2024"): date(2024, 5, 26), ("0313", "2024-2025"): date(2025, 5, 20)}


def usual_date(schooljaar: str) -> date:
    return date(int(schooljaar[5:]), 10, 1)


def superseded_date(dag: date) -> date:
    """When the delivery was made that the one of `dag` replaced; later than anything a story dates."""
    return dag - timedelta(days=14)


def deliveries() -> dict[tuple[str, str, str], date]:
    """(contract, bronhouder, schooljaar) -> delivery date, of everything that was delivered."""
    found = {}
    for schooljaar in SCHOOLJAREN:
        for bestuur in sorted({school.bestuur for school in SCHOOL.values()}):
            dag = LEVERT_VROEG.get((bestuur, schooljaar), usual_date(schooljaar))
            if (bestuur, schooljaar) not in OPP_STIL:
                found["opp", bestuur, schooljaar] = dag
            if (bestuur, schooljaar) not in INSCHRIJVING_STIL:
                found["inschrijving", bestuur, schooljaar] = dag
        for gemeente, schooljaren in DEELNEMER.items():
            if schooljaar in schooljaren:
                found["jeugdhulp", gemeente, schooljaar] = JEUGDHULP_DATUM.get(
                    (gemeente, schooljaar), usual_date(schooljaar)
                )
    return found
