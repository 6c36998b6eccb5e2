"""TERC, the official file of territorial units, read into JST. Pure: text in, values out.

The file (Statistics Poland, TERYT): UTF-8 with BOM, CRLF, ``;``, a header, an empty last line.
A JST is a commune (kind 1, 2 or 3), a county that is not a city, or a voivodeship. What is only a
part of a commune (kinds 4, 5, 8, 9) is read and left out. The kind decides, never the label in
``NAZWA_DOD`` (Warsaw's differs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.recruitment.domain.errors import RegisterFileInvalidError
from services.recruitment.domain.local_government import identity_code, local_government_id
from shared.contracts.base import JstKind, JstRef

COLUMNS = ("WOJ", "POW", "GMI", "RODZ", "NAZWA", "NAZWA_DOD", "STAN_NA")
COMMUNE_KINDS = {"1": JstKind.URBAN, "2": JstKind.RURAL, "3": JstKind.URBAN_RURAL}
PARTS_OF_COMMUNES = frozenset("4589")
FIRST_CITY = "61"
"""County codes from here on are cities with county rights."""
MAX_PROBLEMS = 20
"""So many problems are named; more would not help to mend the file."""
MAX_NAME_LENGTH = 200
SHOWN_VALUE_LENGTH = 80

_VOIVODESHIP = re.compile(r"0[2468]|[12][02468]|3[02]")
_TWO_DIGITS = re.compile(r"(?!00)[0-9]{2}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class RegisterState:
    """The JST that one file names, in its order, and the day for which it is true."""

    state_on: date
    units: tuple[JstRef, ...]


class Problem(NamedTuple):
    """One thing wrong with a file; row 1 is the header."""

    row: int
    column: str
    value: str
    problem: str


class Row(NamedTuple):
    """One row of the file."""

    number: int
    voivodeship: str
    county: str
    commune: str
    kind: str
    name: str
    label: str
    state_on: str

    @property
    def code(self) -> str:
        """TERYT code with the kind: 7, 4 or 2 digits."""
        return self.voivodeship + self.county + self.commune + self.kind

    @property
    def is_city(self) -> bool:
        """Whether it is a city with county rights, or lies in one."""
        return self.county >= FIRST_CITY

    @property
    def is_jst(self) -> bool:
        """Whether the row is a JST: not a part of one, and not a city's second row (DR-56)."""
        if self.commune:
            return self.kind in COMMUNE_KINDS
        return not self.is_city


def parse_terc(content: str) -> RegisterState:
    """Read a TERC file.

    Args:
        content: The file as text; with or without BOM, any line ends, empty lines at the end.

    Returns:
        Every JST of the file. A commune names its county as the register does (an adjective in
        lower case, ``"bolesławiecki"``); a city with county rights has none but the flag.

    Raises:
        RegisterFileInvalidError: The file is broken; all problems up to 20 are named.

    Source:
        Statistics Poland, structure of TERC; docs/glossary.md for JST.
    """
    lines = re.split(r"\r\n|\r|\n", content.removeprefix("\ufeff").rstrip())
    if _cells(lines[0]) != list(COLUMNS):
        _refuse([Problem(1, COLUMNS[0], lines[0], "HEADER")])
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = _cells(line)
        if len(cells) == len(COLUMNS):
            rows.append(Row(number, *cells))
        else:
            problems.append(Problem(number, COLUMNS[0], line, "COLUMN_COUNT"))
    problems += [problem for row in rows for problem in _problems_in(row)]
    problems += _problems_between(rows)
    if not problems and not any(row.is_jst for row in rows):
        problems.append(Problem(1, COLUMNS[0], "", "NO_UNITS"))
    if problems:
        _refuse(sorted(problems))
    return RegisterState(date.fromisoformat(rows[0].state_on), tuple(_units(rows)))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(";")]


def _units(rows: Sequence[Row]) -> Iterator[JstRef]:
    counties = {row.code: row.name for row in rows if row.county and not row.commune}
    for row in rows:
        if row.is_jst:
            yield JstRef(
                id=local_government_id(row.code),
                code=row.code,
                name=row.name if row.county else row.name.lower(),
                kind=_kind(row),
                voivodeship=row.voivodeship,
                county=_county(row, counties),
                has_county_rights=row.is_city,
            )


def _kind(row: Row) -> JstKind:
    if row.commune:
        return COMMUNE_KINDS[row.kind]
    return JstKind.COUNTY if row.county else JstKind.VOIVODESHIP


def _county(row: Row, counties: dict[str, str]) -> str | None:
    if not row.commune or row.is_city:
        return None
    return counties[row.voivodeship + row.county]


def _problems_in(row: Row) -> Iterator[Problem]:
    """What is wrong with a row by itself."""
    if not _VOIVODESHIP.fullmatch(row.voivodeship):
        yield Problem(row.number, "WOJ", row.voivodeship, "VOIVODESHIP_CODE")
    if (row.county or row.commune) and not _TWO_DIGITS.fullmatch(row.county):
        yield Problem(row.number, "POW", row.county, "COUNTY_CODE")
    if row.commune and not _TWO_DIGITS.fullmatch(row.commune):
        yield Problem(row.number, "GMI", row.commune, "COMMUNE_CODE")
    is_kind = row.kind in COMMUNE_KINDS or row.kind in PARTS_OF_COMMUNES
    if is_kind != bool(row.commune):
        yield Problem(row.number, "RODZ", row.kind, "COMMUNE_KIND")
    if not 0 < len(row.name) <= MAX_NAME_LENGTH:
        yield Problem(row.number, "NAZWA", row.name, "NAME")
    if not _is_date(row.state_on):
        yield Problem(row.number, "STAN_NA", row.state_on, "STATE_DATE")


def _problems_between(rows: Sequence[Row]) -> Iterator[Problem]:
    """What is wrong with a row because of the others."""
    places = {(row.voivodeship, row.county) for row in rows if not row.commune}
    seen: set[str] = set()
    for row in rows:
        if row.county and (row.voivodeship, "") not in places:
            yield Problem(row.number, "WOJ", row.voivodeship, "VOIVODESHIP_MISSING")
        if row.commune and (row.voivodeship, row.county) not in places:
            yield Problem(row.number, "POW", row.county, "COUNTY_MISSING")
        unit = identity_code(row.code) if row.is_jst else row.code
        if unit in seen:
            yield Problem(row.number, "GMI", row.code, "REPEATED")
        seen.add(unit)
        if row.state_on != rows[0].state_on:
            yield Problem(row.number, "STAN_NA", row.state_on, "STATE_DIFFERS")


def _is_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _refuse(problems: Sequence[Problem]) -> None:
    raise RegisterFileInvalidError(
        field="content",
        problems=len(problems),
        fields=[
            {
                "field": "content",
                "rule": "TERC_ROW",
                "message": f"row {p.row}, {p.column}: {p.problem}",
                "parameters": p._asdict() | {"value": p.value[:SHOWN_VALUE_LENGTH]},
            }
            for p in problems[:MAX_PROBLEMS]
        ],
    )
