"""What the pages of the panel share: acts and their forms, scoped lists, exports, names for ids."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from pydantic import BaseModel
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from services.gateway import labels
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.errors import ServiceUnavailableRefusal
from services.gateway.forms import Form
from services.gateway.i18n import gettext as _
from services.gateway.i18n import localized
from services.gateway.pages import (
    Filter,
    Filters,
    Paging,
    address,
    choices,
    success,
    voivodeship_choices,
)
from services.gateway.projections.editions import EditionRow, known_areas, list_editions
from services.gateway.projections.pages import ListFilter, Page
from services.gateway.runtime import runtime
from services.gateway.scope import list_scope
from shared.contracts.base import ExpertRole, JstKind
from shared.contracts.recruitment import ExpertsQuery
from shared.kernel.refusal import NotFoundError, Refusal
from shared.kernel.rpc import ServiceUnavailableError

Model = TypeVar("Model", bound=BaseModel)
Outcome = TypeVar("Outcome")
Found = TypeVar("Found")
Narrowed = TypeVar("Narrowed")
Item = TypeVar("Item")


class HasVersion(Protocol):
    """An answer that says at which version the thing is; ``None`` for one not yet saved."""

    @property
    def version(self) -> int | None:
        """The version to give back as ``expected_version``."""


Versioned = TypeVar("Versioned", bound=HasVersion)

Answered = str | BaseResponse | tuple[str, int]
"""What a page's function returns: a page, a redirect, or a page with a refusal's status."""

STALE = "stale-version"
"""Code of the refusal where somebody else saved meanwhile."""
ACT_KEY = "act_key"
"""Hidden field that makes one shown form one act, however often it is sent."""
NOT_CONTENT = frozenset({"csrf_token"})
MOST_NAMES = 500
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def area(name: str) -> Blueprint:
    """The blueprint of one area of the panel."""
    blueprint = Blueprint(name, __name__)
    blueprint.context_processor(lambda: {"names": Names(), "new_act_key": lambda: uuid4().hex})
    return blueprint


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection to the views."""
    with runtime().database.reading() as connection:
        yield connection


def found(thing: Found | None, what: str, value: object) -> Found:
    """What was looked for.

    Raises:
        NotFoundError: It is not there.
    """
    if thing is None:
        raise NotFoundError(what=what, id=str(value))
    return thing


# --- acts -----------------------------------------------------------------------------------------


class ActForm(Form):
    """A form whose sending asks a service to do something; keeps what was typed on a refusal."""

    status = 422
    """HTTP status of the page when something is wrong."""
    is_stale = False
    """Whether somebody else saved after this form was made."""
    kept_key: str | None = None
    """The act's key, where nobody knows whether it was recorded: sent again, it is the same."""

    @classmethod
    def posted(cls) -> ActForm:
        """What the browser sent in the body."""
        return cls(request.form)

    def send(
        self,
        command: Callable[[Model], Outcome],
        model: type[Model],
        data: Mapping[str, Any],
        *,
        messages: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> Outcome | None:
        """Make the request and let the service carry it out.

        Args:
            command: Entrypoint of a service.
            model: Its request.
            data: The request's values.
            messages: Own sentences by the form's field, for what the request's form refuses.
            fields: The form's field for an address in the request.

        Returns:
            The service's answer; ``None`` after a refusal, which stands at its field.
        """
        message = self.parse(model, data, messages=messages, fields=fields)
        if message is None:
            return None
        return self.perform(lambda: command(message), fields=fields)

    def perform(
        self, act: Callable[[], Outcome], *, fields: Mapping[str, str] | None = None
    ) -> Outcome | None:
        """Act, where nothing is wrong yet; a refusal becomes an error of the form."""
        if not self.is_valid:
            return None
        services().caller.key = self._key()
        try:
            return act()
        except Refusal as refusal:
            self.refuse(refusal, fields=fields)
        except ServiceUnavailableError as error:
            self.kept_key = self.text(ACT_KEY)
            self.refuse(ServiceUnavailableRefusal(service=error.service))
        return None

    def take_newer(self, ask: Callable[[], Versioned]) -> Versioned | None:
        """What somebody else saved, to be shown: who sends the form once more has seen it.

        Args:
            ask: Asks for what is saved now.

        Returns:
            ``None`` where the form was not refused for being stale.
        """
        if not self.is_stale:
            return None
        newer = ask()
        self.values["expected_version"] = str(newer.version or 0)
        self.errors[""] = _(
            "Somebody else saved meanwhile: what they saved is shown below. What you typed is "
            "still in the form, but not saved; saving once more puts it in the place of theirs."
        )
        return newer

    def refuse(
        self,
        refusal: Refusal,
        *,
        messages: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Take over a rule's no, and its status.

        A list whose rows are wrong is not said to be too short besides.
        """
        self.status = refusal.status
        self.is_stale = refusal.code == STALE
        super().refuse(refusal, messages=messages, fields=fields)
        for name in list(self.errors):
            if any(other.startswith(f"{name}.") for other in self.errors):
                del self.errors[name]

    def _key(self) -> str:
        """The same for the same content of the same shown form: a double click is one act."""
        if not self.text(ACT_KEY):
            return str(uuid4())
        content = sorted(
            (name, str(value))
            for name, value in self.values.items(multi=True)
            if name not in NOT_CONTENT
        )
        whole = json.dumps([principal().actor, request.path, content])
        return f"page:{uuid5(NAMESPACE_URL, whole)}"


@dataclass(frozen=True)
class Act:
    """The words of a page that asks before something is done."""

    title: str
    button: str
    back: str
    """Address of the page to which one returns, done or not."""
    caption: str = ""
    lead: str = ""
    consequences: Sequence[str] = ()
    reason: str | None = None
    """Label of the reason's field, where a reason is needed."""
    reason_hint: str | None = None
    is_warning: bool = False


def act_page(act: Act, form: Form, template: str = "panel/act.html", **more: Any) -> Answered:
    """The page of an act; with its status when something was wrong."""
    page = render_template(template, act=act, form=form, **more)
    return page if form.is_valid else (page, getattr(form, "status", 422))


def posted_or_empty(values: Mapping[str, Any] | None = None) -> ActForm:
    """What was sent; before anything was sent, the values to begin with."""
    return ActForm.posted() if is_posted() else ActForm(values)


def is_posted() -> bool:
    """Whether the page's form was sent."""
    return request.method == "POST"


def done(text: str, target: str) -> BaseResponse:
    """Say what was done on the page that follows."""
    success(text)
    return redirect(target, 303)


def confirm(
    act: Act,
    command: Callable[[Model], Any],
    model: type[Model],
    data: Mapping[str, Any],
    *,
    said: str,
    target: str | None = None,
    template: str = "panel/act.html",
    **more: Any,
) -> Answered:
    """A page that asks for a yes, and for a reason where the act needs one.

    Args:
        act: Its words.
        command: Entrypoint of a service.
        model: Its request.
        data: The request's values but for the reason.
        said: What the success notice says.
        target: Where to go then; back by default.
        template: Another template that extends ``panel/act.html``.
        more: Further values of the template.
    """
    form = posted_or_empty()
    if is_posted():
        values = dict(data)
        if act.reason:
            values["reason"] = form.require("reason", _("Give the reason"))
        if form.send(command, model, values):
            return done(said, target or act.back)
    return act_page(act, form, template, **more)


# --- lists ----------------------------------------------------------------------------------------


def narrowed(kind: type[Narrowed], /, **chosen: Any) -> Narrowed:
    """A view's filter with the reader's choices, narrowed to what they may see.

    ``voivodeship`` is the reader's choice of one region, if any.
    """
    region = chosen.pop("voivodeship", None)
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    scope = list_scope(principal().scope, (region,) if region else None)
    return kind(**chosen, **{name: value for name, value in scope.items() if name in known})


def wants_csv() -> bool:
    """Whether the list is asked for as a file."""
    return request.args.get("format") == "csv"


def read_list(
    read: Callable[[Connection, Any], Page[Item]], filters: ListFilter
) -> tuple[tuple[Item, ...], Paging]:
    """The rows of the present page of a list; all of them for an export."""
    with reading() as connection:
        if wants_csv():
            page = read(connection, replace(filters, offset=0, limit=None))
            return page.rows, Paging(page.total)
        paging = Paging(read(connection, replace(filters, limit=1)).total)
        page = read(connection, replace(filters, offset=paging.offset, limit=paging.limit))
        return page.rows, paging


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A list as a CSV file that spreadsheets open as it is: UTF-8 with BOM, semicolons.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = current_app.response_class(
        "\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def csv_address() -> str:
    """The address of this list as a file."""
    return address(format="csv")


def region_filter() -> Filter:
    """The choice of a voivodeship, among those that the reader may see."""
    own = principal().scope.voivodeships or None
    return Filter("woj", _("Voivodeship"), voivodeship_choices(own, first=_("all")))


def kind_filter() -> Filter:
    """The choice of a kind of JST."""
    kinds = {kind: labels.JST_KINDS_MANY[kind] for kind in JstKind}
    return Filter("rodzaj", _("Kind of JST"), choices(kinds, first=_("all")))


def kind_of(filters: Filters) -> JstKind | None:
    """The chosen kind of JST."""
    return JstKind(filters["rodzaj"]) if filters["rodzaj"] else None


def edition_filter() -> Filter:
    """The choice of an edition."""
    options = tuple((str(e.edition_id), edition_title(e)) for e in all_editions().values())
    return Filter("edycja", _("Edition"), (("", _("all")), *options))


def area_filter() -> Filter:
    """The choice of a support area."""
    with reading() as connection:
        areas = known_areas(connection)
    options = tuple((code, f"{a.number}. {localized(a.name)}") for code, a in areas.items())
    return Filter("obszar", _("Support area"), (("", _("all")), *options))


def as_uuid(text: str | None) -> UUID | None:
    """An id from an address; ``None`` where it is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


# --- names for ids --------------------------------------------------------------------------------


def all_editions() -> dict[UUID, EditionRow]:
    """All editions by id, the newest first; asked once for each page."""
    if "panel_editions" not in g:
        with reading() as connection:
            g.panel_editions = {e.edition_id: e for e in list_editions(connection)}
    found_: dict[UUID, EditionRow] = g.panel_editions
    return found_


def edition_title(edition: EditionRow) -> str:
    """An edition's name."""
    return localized(edition.configuration.name)


class Names:
    """What ids and codes of an edition are called; for templates as ``names``."""

    @staticmethod
    def edition(edition_id: UUID | str | None) -> str:
        """An edition's name; a dash where it is not known."""
        row = all_editions().get(edition_id if isinstance(edition_id, UUID) else _uuid(edition_id))
        return edition_title(row) if row else "–"

    @staticmethod
    def area(code: str | None) -> str:
        """A support area's name with its number; a dash for none."""
        for row in all_editions().values():
            for one in row.configuration.areas:
                if one.code == code:
                    return f"{one.number}. {localized(one.name)}"
        return code or "–"

    @staticmethod
    def stage(code: str | None, edition_id: UUID | str | None = None) -> str:
        """A stage's name, in the wording of its edition where that is known."""
        wanted = edition_id if isinstance(edition_id, UUID) else _uuid(edition_id)
        rows = list(all_editions().values())
        rows.sort(key=lambda row: row.edition_id != wanted)
        for row in rows:
            for one in row.configuration.stages:
                if one.code == code:
                    return localized(one.name)
        return code or "–"

    @staticmethod
    def role(role: str, edition_id: UUID | None = None) -> str:
        """What an expert of a role is called, in the wording of the edition."""
        row = all_editions().get(edition_id) if edition_id else None
        own = row.configuration.role_labels.get(ExpertRole(role)) if row else None
        return localized(own) if own else labels.label(labels.EXPERT_ROLES, role)


def expert_names(expert_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of experts, for those who work with them; without a name where there is none any more.

    While recruitment does not answer, nobody has a name: the page is still of use.
    """
    wanted = tuple(dict.fromkeys(expert_ids))
    if not wanted:
        return {}
    named: dict[UUID, str] = {}
    for start in range(0, len(wanted), MOST_NAMES):
        query = ExpertsQuery(expert_ids=wanted[start : start + MOST_NAMES], limit=MOST_NAMES)
        try:
            answer = services().recruitment.list_experts(query)
        except ServiceUnavailableError:
            return named
        named |= {e.expert_id: e.full_name for e in answer.experts if e.full_name}
    return named


def _uuid(text: str | None) -> UUID:
    return as_uuid(text) or UUID(int=0)


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
