"""What every page needs: header and navigation, notices, paging, filters, the way back.

Everything here is about showing. Who may see a place is the permission table's business (`auth`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, flash, request, url_for
from flask.templating import Environment
from flask_babel import lazy_gettext as lazy
from flask_babel.speaklater import LazyString
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from services.gateway import auth, clients, forms, i18n, labels
from services.gateway.i18n import gettext as _
from services.gateway.i18n import ngettext
from services.gateway.journal import journal, last_position, level_position
from services.gateway.permissions import PERMISSIONS
from services.gateway.runtime import runtime

PER_PAGE = 25
PAGES_AROUND = 1
"""So many page numbers stand on each side of the present one."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline and nothing from elsewhere."""

PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Place:
    """An entry of a navigation; shown where its endpoint exists and its reader may go there."""

    endpoint: str
    text: LazyString
    section: str
    """First part of the addresses that belong to it, e.g. ``/hdr``."""
    also: str = ""
    """Another first part, e.g. ``/wyniki`` of the calls."""

    def covers(self, path: str) -> str:
        """The part of an address by which it belongs here; empty when it does not."""
        return next((part for part in (self.section, self.also) if _is_within(path, part)), "")


PUBLIC_PLACES = (
    Place("home.start", lazy("Start"), "/"),
    Place("calls.list_calls", lazy("Calls"), "/nabory", "/wyniki"),
    Place("catalogue.show_catalogue", lazy("HDR catalogue"), "/hdr"),
    Place("reports.list_reports", lazy("Monitoring"), "/monitoring"),
    Place("practices.list_practices", lazy("Good practices"), "/dobre-praktyki"),
)

PANEL_PLACES = (
    Place("dashboard.show_dashboard", lazy("Dashboard"), "/panel"),
    Place("applications.list_applications", lazy("Applications"), "/panel/zgloszenia"),
    Place("trainings.list_trainings", lazy("Trainings"), "/panel/szkolenia"),
    Place("experts.list_experts", lazy("Experts"), "/panel/eksperci"),
    Place("teams.list_teams", lazy("Advisory teams"), "/panel/teamy"),
    Place("cycles.list_cycles", lazy("Advisory cycles"), "/panel/sprawy"),
    Place("local_governments.list_local_governments", lazy("JST"), "/panel/jst"),
    Place("hdrs.list_hdrs", lazy("HDR"), "/panel/hdr"),
    Place("monitoring.list_rounds", lazy("Monitoring"), "/panel/monitoring"),
    Place("panel_reports.list_reports", lazy("Reports"), "/panel/raporty"),
    Place("panel_calls.list_calls", lazy("Calls"), "/panel/nabory"),
    Place("editions.list_editions", lazy("Editions"), "/panel/edycje"),
    Place("accounts.list_accounts", lazy("Accounts"), "/panel/konta"),
    Place("operations.show_operations", lazy("Operations"), "/panel/operacje"),
)


class _Templates(Environment):
    """Templates that name the application's own globals, not a chain that ends in them.

    A page imports some fourteen templates of macros, and Jinja compares the names of both sides'
    globals at each import: with chains that is a tenth of the time that a page takes.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask) -> None:
    """Give the app what its templates rest on: languages, GOV.UK's macros, filters, headers."""
    app.jinja_environment = _Templates
    i18n.init_app(app)
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    own = app.jinja_loader
    app.jinja_loader = ChoiceLoader([own, govuk] if own is not None else [govuk])
    app.jinja_env.globals.update(labels.template_globals())
    app.jinja_env.globals.update(
        address=address,
        breadcrumbs=breadcrumbs,
        days_left=days_left,
        lang_pl=i18n.lang_pl,
        other_language=other_language,
    )
    app.jinja_env.filters.update(
        code=code, lines=lines, mail_link=mail_link, nowrap=nowrap, paragraphs=paragraphs
    )
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters["field_id"] = forms.field_id
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_page)
    app.after_request(_protect)


# --- header and navigation ------------------------------------------------------------------------


def may_open(endpoint: str) -> bool:
    """Whether there is such a place and the reader may go there, by the permission table."""
    permission = PERMISSIONS.get(endpoint)
    if permission is None or endpoint not in current_app.view_functions:
        return False
    return permission.is_public or auth.principal().has(*permission.roles)


def navigation(places: Sequence[Place]) -> list[dict[str, Any]]:
    """The places that exist and that the reader may open, as GOV.UK's navigation takes them."""
    open_places = [place for place in places if may_open(place.endpoint)]
    here = max((place.covers(request.path) for place in open_places), key=len, default="")
    return [
        {
            "text": str(place.text),
            "href": url_for(place.endpoint),
            "current": place.section == request.path,
            "active": bool(here) and place.covers(request.path) == here,
        }
        for place in open_places
    ]


def start_address() -> str:
    """The address of the start page."""
    return url_for("home.start") if "home.start" in current_app.view_functions else "/"


@dataclass(frozen=True)
class Freshness:
    """How level the views are with the journal."""

    at: datetime | None
    """When the newest fact that every view shows was taken over; ``None`` before the first."""
    waiting: int
    """Facts in the journal that some view does not show yet; >= 0."""


def freshness() -> Freshness | None:
    """How fresh the page is; ``None`` where the gateway's database cannot be asked."""
    try:
        with runtime().database.reading() as connection:
            level, last = level_position(connection), last_position(connection)
            at = connection.execute(
                select(journal.c.recorded_at).where(journal.c.position == level)
            ).scalar_one_or_none()
    except (KeyError, SQLAlchemyError):
        return None
    return Freshness(at, max(0, last - level))


def breadcrumbs(*crumbs: tuple[str, str | None]) -> list[dict[str, str]]:
    """The way to a page: ``(text, address)`` from the first after the start page to its own.

    The last may have no address: it is the page itself.
    """
    start = (_("Start"), start_address())
    return [
        {"text": escape(text), "href": href} if href else {"text": escape(text)}
        for text, href in (start, *crumbs)
    ]


# --- addresses and filters ------------------------------------------------------------------------


def address(**changes: Any) -> str:
    """The address of this page with other query values: a link is a view.

    Args:
        changes: New values by name; ``None`` or ``""`` takes one out, a list gives it repeatedly.
            A page number is dropped unless it is given, since other rows have other pages.

    Returns:
        Path and query.
    """
    gone = {"lang", "strona"}
    query = {name: values for name, values in request.args.lists() if name not in gone}
    for name, value in changes.items():
        if value in (None, "", []):
            query.pop(name, None)
        else:
            several = value if isinstance(value, (list, tuple)) else (value,)
            query[name] = [str(one) for one in several]
    return request.path + ("?" + urlencode(query, doseq=True) if query else "")


def other_language(code: str) -> str:
    """The address of this page in another language; of the start page where it was posted."""
    if request.method not in {"GET", "HEAD"}:
        return f"{request.path}?lang={code}"
    query = {name: values for name, values in request.args.lists() if name != "lang"}
    return request.path + "?" + urlencode({**query, "lang": code}, doseq=True)


@dataclass(frozen=True)
class Filter:
    """One choice that narrows a list; its value stands in the address under ``name``."""

    name: str
    text: str
    options: tuple[tuple[str, str], ...] = ()
    """Values with their texts; none for free text."""

    @property
    def value(self) -> str:
        """What is chosen; empty when nothing is, or nothing that exists."""
        wish = request.args.get(self.name, "").strip()
        if self.options and wish not in {value for value, _text in self.options}:
            return ""
        return wish

    @property
    def value_text(self) -> str:
        """What is chosen, in words."""
        return dict(self.options).get(self.value, self.value)


@dataclass(frozen=True)
class Filters:
    """The filters of a list, for `macros/parts.html`'s ``filter_form``."""

    filters: tuple[Filter, ...]

    def __getitem__(self, name: str) -> str | None:
        """The chosen value of a filter; ``None`` when nothing is chosen."""
        return next((f.value or None for f in self.filters if f.name == name), None)

    @property
    def chosen(self) -> list[dict[str, str]]:
        """What is chosen, each with the address without it."""
        return [
            {"text": f"{f.text}: {f.value_text}", "remove": address(**{f.name: None})}
            for f in self.filters
            if f.value
        ]


def choices(
    labels_: Mapping[Any, object], *, first: str | None = None
) -> tuple[tuple[str, str], ...]:
    """A label list as a filter's options, with an entry for "all" in front."""
    entries = tuple((str(code), str(text)) for code, text in labels_.items())
    return entries if first is None else (("", first), *entries)


def voivodeship_choices(
    codes: Iterable[str] | None = None, *, first: str | None = None
) -> tuple[tuple[str, str], ...]:
    """Voivodeships, or those named, in the order of the Polish alphabet, as options."""
    wanted = set(labels.VOIVODESHIPS if codes is None else codes)
    known = {code: name for code, name in labels.VOIVODESHIPS.items() if code in wanted}
    ordered = i18n.sort_by_name(known.items(), name=lambda entry: entry[1])
    return tuple(ordered) if first is None else (("", first), *ordered)


@dataclass(frozen=True)
class Paging:
    """A list cut into pages; the page number stands in the address as ``strona``."""

    total: int
    per_page: int = PER_PAGE

    @property
    def page(self) -> int:
        """The present page, from 1; the last one when the address asks for a later."""
        text = request.args.get("strona", "1")
        wish = int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else 1
        return min(max(wish, 1), self.pages)

    @property
    def pages(self) -> int:
        """How many there are; at least 1."""
        return max(1, -(-self.total // self.per_page))

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.page - 1) * self.per_page

    @property
    def limit(self) -> int:
        """How many rows a page has at most."""
        return self.per_page

    @property
    def summary(self) -> str:
        """Which rows are shown, in words."""
        first, last = self.offset + 1, min(self.offset + self.per_page, self.total)
        if self.pages == 1:
            return ngettext("%(num)s result", "%(num)s results", self.total)
        return _(
            "%(first)s to %(last)s of %(total)s results",
            first=i18n.format_number(first),
            last=i18n.format_number(last),
            total=i18n.format_number(self.total),
        )

    def params(self) -> dict[str, Any]:
        """As GOV.UK's pagination takes it."""
        page, pages = self.page, self.pages
        shown = sorted(
            {1, pages, *range(max(1, page - PAGES_AROUND), min(pages, page + PAGES_AROUND) + 1)}
        )
        items: list[dict[str, Any]] = []
        for before, number in zip([0, *shown], shown, strict=False):
            if number - before > 1:
                items.append({"ellipsis": True})
            items.append(
                {
                    "number": number,
                    "href": address(strona=number if number > 1 else None),
                    "current": number == page,
                    "visuallyHiddenText": _("Page %(number)s", number=number),
                }
            )
        params: dict[str, Any] = {"items": items, "landmarkLabel": _("Pages of the list")}
        if page > 1:
            params["previous"] = {
                "html": escape(_("Previous page")),
                "href": address(strona=page - 1 if page > 2 else None),  # noqa: PLR2004
            }
        if page < pages:
            params["next"] = {"html": escape(_("Next page")), "href": address(strona=page + 1)}
        return params


# --- notices --------------------------------------------------------------------------------------


def notice(text: str) -> None:
    """Show a note on the next page."""
    flash(text, "note")


def success(text: str) -> None:
    """Show on the next page that something was done, and whether lists may not show it yet."""
    flash(text, "success")
    if not clients.views_are_level():
        notice(_("It was recorded. Lists and reports may not show it for a moment yet."))


def days_left(today: date, last_day: date) -> str:
    """How long something can still be done, its last day included, in words."""
    days = (last_day - today).days
    if days < 0:
        return _("the deadline has passed")
    if days == 0:
        return _("today is the last day")
    return ngettext("%(num)s day left", "%(num)s days left", days)


def paragraphs(text: object) -> Markup:
    """Plain text with empty lines between paragraphs as HTML; single line ends are kept."""
    blocks = [block.strip() for block in str(text or "").replace("\r\n", "\n").split("\n\n")]
    return Markup("\n").join(
        Markup('<p class="govuk-body">{}</p>').format(
            Markup("<br>").join(escape(line) for line in block.split("\n"))
        )
        for block in blocks
        if block
    )


def lines(text: object) -> Markup:
    """Plain text as HTML with its line ends kept, without paragraphs around it."""
    split = str(text or "").replace("\r\n", "\n").split("\n")
    return Markup("<br>").join(escape(line) for line in split)


def nowrap(text: object) -> Markup:
    """A number or code that is not broken over two lines."""
    return Markup('<span class="ore-nowrap">{}</span>').format(text)


def code(text: object) -> Markup:
    """What is typed or copied exactly."""
    return Markup("<code>{}</code>").format(text)


def mail_link(address_: str) -> Markup:
    """An e-mail address that opens a letter."""
    return Markup('<a class="govuk-link" href="mailto:{0}">{0}</a>').format(address_)


def _page() -> dict[str, Any]:
    return {
        "account": auth.current_account(),
        "freshness": freshness,
        "is_demo": runtime().settings.is_demo,
        "language": i18n.language(),
        "languages": i18n.LANGUAGES,
        "may_open": may_open,
        "panel_navigation": lambda: navigation(PANEL_PLACES),
        "public_navigation": lambda: navigation(PUBLIC_PLACES),
        "start_address": start_address,
    }


def _protect(response: Response) -> Response:
    if response.mimetype == "text/html":
        for name, value in PAGE_HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def _is_within(path: str, section: str) -> bool:
    return path == section or (len(section) > 1 and path.startswith(f"{section}/"))
