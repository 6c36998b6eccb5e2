"""Who answers for the site, as its declarations name them; read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.kernel.settings import SettingsError

FIRST_PUBLISHED = "2026-11-23"
"""Day of the first version of the platform and of its declaration."""


@dataclass(frozen=True)
class Publisher:
    """Contact and dates of the accessibility declaration. An empty text is shown as missing."""

    accessibility_person: str
    accessibility_email: str
    accessibility_phone: str
    published_on: date
    updated_on: date
    declared_on: date
    reviewed_on: date
    """The law asks for a review by 31 March each year and after relevant changes."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Publisher:
        """Read the optional ``ORE_ACCESSIBILITY_…``, ``ORE_SITE_…`` and ``ORE_DECLARATION_…``.

        Raises:
            SettingsError: A day is not of the form 2026-11-23.
        """
        return cls(
            accessibility_person=environment.get("ORE_ACCESSIBILITY_PERSON", "").strip(),
            accessibility_email=environment.get("ORE_ACCESSIBILITY_EMAIL", "").strip(),
            accessibility_phone=environment.get("ORE_ACCESSIBILITY_PHONE", "").strip(),
            published_on=_day(environment, "ORE_SITE_PUBLISHED_ON"),
            updated_on=_day(environment, "ORE_SITE_UPDATED_ON"),
            declared_on=_day(environment, "ORE_DECLARATION_PREPARED_ON"),
            reviewed_on=_day(environment, "ORE_DECLARATION_REVIEWED_ON"),
        )


def _day(environment: Mapping[str, str], name: str) -> date:
    text = environment.get(name, "").strip() or FIRST_PUBLISHED
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"{name} must be a day such as {FIRST_PUBLISHED}, not {text!r}."
        ) from None
