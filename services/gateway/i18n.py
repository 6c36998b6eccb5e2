"""Languages of the pages: which one, and dates, numbers and names as it writes them.

Polish is the default and English the second. Texts in the code are English; the Polish ones stand
in ``translations/pl/<area>.po``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import flask_babel
from babel import dates, numbers
from flask import Flask, Response, current_app, has_request_context, request
from flask_babel import Babel, get_locale
from markupsafe import Markup, escape

from services.gateway.projections.polish import sort_key
from shared.contracts.base import LocalizedText
from shared.kernel.clock import WARSAW, local_day

LANGUAGES = ("pl", "en")
DEFAULT_LANGUAGE = "pl"
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600

Item = TypeVar("Item")


def init_app(app: Flask) -> None:
    """Give the app its languages: Flask-Babel, the filters of the templates, the cookie."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT_LANGUAGE)
    Babel(app, locale_selector=select_language, timezone_selector=lambda: WARSAW.key)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters.update(
        as_day=as_day,
        localized=localized,
        day=format_day,
        short_day=format_short_day,
        moment=format_moment,
        number=format_number,
        percent=format_percent,
        polish=polish,
        capital=capital,
        by_name=sort_by_name,
    )
    app.after_request(_remember_language)


def select_language() -> str:
    """The language to answer in.

    Returns:
        What the address asks for (``?lang=``), else what was asked for before (cookie), else the
        best of what the browser accepts, else Polish.
    """
    if not has_request_context():
        return DEFAULT_LANGUAGE
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return wish
    return request.accept_languages.best_match(LANGUAGES, DEFAULT_LANGUAGE) or DEFAULT_LANGUAGE


def language() -> str:
    """The language of the page being made."""
    locale = get_locale()
    return DEFAULT_LANGUAGE if locale is None else str(locale.language)


def gettext(text: str, **values: Any) -> str:
    """A text in the page's language, its placeholders filled; imported as ``_``."""
    return str(flask_babel.gettext(text, **values))


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """A text in the plural form that a number asks for; ``%(num)s`` is the number."""
    return str(flask_babel.ngettext(singular, plural, num, **values))


def pgettext(context: str, text: str, **values: Any) -> str:
    """A text that means different things in different places."""
    return str(flask_babel.pgettext(context, text, **values))


def localized(text: LocalizedText | Mapping[str, str] | None) -> str:
    """A text that is data (an area's name, a template's label) in the page's language."""
    if text is None:
        return ""
    if isinstance(text, LocalizedText):
        return text.pl if language() == "pl" else text.en
    return text.get(language()) or text.get(DEFAULT_LANGUAGE) or ""


def polish(text: object) -> Markup:
    """Text that is data and Polish (titles, documents): marked as such on an English page."""
    shown = escape(text)
    if language() == DEFAULT_LANGUAGE or not shown:
        return shown
    element = "div" if "<p" in shown else "span"
    return Markup('<{0} lang="pl">{1}</{0}>').format(Markup(element), shown)  # noqa: S704 -- ours


def lang_pl() -> Markup:
    """The attribute that marks an element's text as Polish on an English page."""
    return Markup("") if language() == DEFAULT_LANGUAGE else Markup(' lang="pl"')


def as_day(value: date | datetime | str) -> date:
    """The day in Europe/Warsaw of a day, a moment or its ISO form."""
    if isinstance(value, str):
        value = (
            datetime.fromisoformat(value)
            if len(value) > len("2020-02-29")
            else (date.fromisoformat(value))
        )
    return local_day(value) if isinstance(value, datetime) else value


def format_day(value: date | datetime | str | None) -> str:
    """A day in words, e.g. ``29 lutego 2020``; empty for ``None``."""
    if value is None:
        return ""
    return dates.format_date(as_day(value), "d MMMM y", locale=language())


def format_short_day(value: date | datetime | str | None) -> str:
    """A day in figures for tables, e.g. ``29.02.2020``; empty for ``None``."""
    if value is None:
        return ""
    pattern = "dd.MM.y" if language() == "pl" else "dd/MM/y"
    return dates.format_date(as_day(value), pattern, locale=language())


def format_moment(value: datetime | str | None) -> str:
    """A moment in Warsaw's time, e.g. ``29 lutego 2020, 23:59``; empty for ``None``."""
    if value is None:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return dates.format_datetime(moment, "d MMMM y, HH:mm", tzinfo=WARSAW, locale=language())


def format_number(value: float | None, decimals: int = 2) -> str:
    """A number with at most so many decimals, e.g. ``2 809`` or ``0,5``; a dash for ``None``."""
    if value is None:
        return "–"
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    return numbers.format_decimal(value, format=pattern, locale=language())


def format_percent(ratio: float | None, decimals: int = 0) -> str:
    """A ratio as a percentage, e.g. ``37%``; a dash for ``None``."""
    if ratio is None:
        return "–"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
    return numbers.format_percent(ratio, format=pattern, locale=language())


def capital(text: object) -> str:
    """A text with its first letter large, the others as they are: for headings."""
    words = str(text)
    return words[:1].upper() + words[1:]


def sort_by_name(items: Iterable[Item], name: Any = str) -> list[Item]:
    """Items in the order of the Polish alphabet by what ``name`` returns for each."""
    return sorted(items, key=lambda item: sort_key(name(item)))


def _remember_language(response: Response) -> Response:
    response.headers.setdefault("Content-Language", select_language())
    response.vary.update(("Accept-Language", "Cookie"))
    wish = request.args.get("lang")
    if wish in LANGUAGES and request.cookies.get(COOKIE) != wish:
        response.set_cookie(
            COOKIE,
            wish,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config.get("SESSION_COOKIE_SECURE")),
        )
    return response
