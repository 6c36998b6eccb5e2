"""The register that the story imports: a file written by hand, made longer for bigger sizes.

Names are made up. The reading here is the ledger's own: it shares nothing with the importer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

FILE = Path(__file__).with_name("terc.csv")
HAND_COUNTED = 27
"""JST in the file, counted by a person: 4 voivodeships, 5 counties, 15 communes, 3 cities…"""
FIRST_STATE, LATER_STATE = "2026-01-01", "2026-07-01"
OUTSIDE = "14"
"""A voivodeship in the file in which no edition of the story works."""
REGIONS = (
    "06", "24", "30", "02", "04", "08", "10", "12", "16", "18", "20", "22", "26", "28", "32",
)  # fmt: skip
_NAMES = {
    "02": "DOLNOŚLĄSKIE", "04": "KUJAWSKO-POMORSKIE", "08": "LUBUSKIE", "10": "ŁÓDZKIE",
    "12": "MAŁOPOLSKIE", "16": "OPOLSKIE", "18": "PODKARPACKIE", "20": "PODLASKIE",
    "22": "POMORSKIE", "26": "ŚWIĘTOKRZYSKIE", "28": "WARMIŃSKO-MAZURSKIE",
    "32": "ZACHODNIOPOMORSKIE",
}  # fmt: skip
_BY_HAND = {
    "06": ("0601011", "0663011", "0601", "0601022", "0601032", "0601043", "0602"),
    "24": ("2401022", "2401033", "2401", "2401011", "2401042", "2472011"),
    "30": ("3001", "3001022", "3001033", "3001011", "3001042", "3064011"),
}
"""Those that may take part, in this order; the file's other units only stand in the register."""
CHANGES_KIND = ("2401022", "2401023")
ABOLISHED, FOUNDED = "0602012", "0602022"
_LABELS = {"1": "gmina miejska", "2": "gmina wiejska", "3": "gmina miejsko-wiejska"}
_KINDS = {"1": "URBAN", "2": "RURAL", "3": "URBAN_RURAL"}
_COUNTY = "50"


@dataclass(frozen=True)
class Unit:
    """A JST as one state of the register names it."""

    code: str
    name: str
    kind: str
    voivodeship: str
    has_county_rights: bool

    @property
    def identity(self) -> str:
        """What stays of the code when the kind changes."""
        return self.code[:6]


def first_state(regions: Sequence[str], units_needed: int) -> str:
    """The file as text, made longer where it has too few units or regions."""
    text = FILE.read_bytes().decode()
    lines = [line for line in text.split("\r\n") if line]
    for region in regions:
        missing = units_needed - len(_BY_HAND.get(region, ()))
        if region not in _BY_HAND:
            lines.append(f"{region};;;;{_NAMES[region]};województwo;{FIRST_STATE}")
        if missing > 0:
            lines += _more(region, missing)
    return "\r\n".join(lines) + "\r\n\r\n"


def _more(region: str, number: int) -> list[str]:
    lines = [f"{region};{_COUNTY};;;przykładowy;powiat;{FIRST_STATE}"]
    for place in range(1, number + 1):
        kind = str(place % 3 + 1)
        name = f"Przykładów {region}-{place:02d}"
        lines.append(f"{region};{_COUNTY};{place:02d};{kind};{name};{_LABELS[kind]};{FIRST_STATE}")
    return lines


def candidates(region: str, units: dict[str, Unit]) -> list[Unit]:
    """The units of a region that may take part, in a fixed order."""
    by_hand = _BY_HAND.get(region, ())
    made = sorted(c for c in units if c.startswith(region + _COUNTY) and len(c) > 4)
    return [units[code] for code in (*by_hand, *made)]


def later_state(first: str, renamed: str, new_name: str) -> str:
    """A later state: one unit renamed, one of another kind, one gone, one new."""
    lines = []
    for line in first.split("\r\n")[1:]:
        cells = line.split(";")
        code = "".join(cells[:4])
        if not line or code == ABOLISHED:
            continue
        if code == renamed:
            cells[4] = new_name
        if code == CHANGES_KIND[0]:
            cells[3:6] = ["3", cells[4], _LABELS["3"]]
            lines += [";".join([*cells[:3], "4", cells[4], "miasto", LATER_STATE])]
            lines += [";".join([*cells[:3], "5", cells[4], "obszar wiejski", LATER_STATE])]
        lines.append(";".join([*cells[:6], LATER_STATE]))
    lines.append(f"06;02;02;2;Nowa Wieś;gmina wiejska;{LATER_STATE}")
    return "\r\n".join([first.partition("\r\n")[0], *lines, "", ""])


def units_in(text: str) -> dict[str, Unit]:
    """The JST that a state names, by code."""
    found = {}
    for line in text.split("\r\n")[1:]:
        if not line:
            continue
        region, county, commune, kind, name, *_ = line.split(";")
        code = region + county + commune + kind
        is_city = county > "60"
        if commune and kind in _KINDS:
            found[code] = Unit(code, name, _KINDS[kind], region, is_city)
        elif county and not commune and not is_city:
            found[code] = Unit(code, name, "COUNTY", region, has_county_rights=False)
        elif not county:
            found[code] = Unit(code, name.lower(), "VOIVODESHIP", region, has_county_rights=False)
    return found


def changed(unit: Unit, later: dict[str, Unit]) -> Unit:
    """The same unit in a later state; as it was where it is gone."""
    return next((u for u in later.values() if u.identity == unit.identity), replace(unit))
