"""Editions of the programme and their configuration: everything that differs between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template, url_for

from services.gateway import labels
from services.gateway.clients import services
from services.gateway.i18n import capital, format_short_day
from services.gateway.i18n import gettext as _
from services.gateway.pages import choices, voivodeship_choices
from services.gateway.panel import (
    Act,
    ActForm,
    Answered,
    act_page,
    all_editions,
    area,
    done,
    edition_title,
    found,
    is_posted,
    posted_or_empty,
)
from services.gateway.projections.editions import EditionRow
from services.gateway.rows_of_forms import change_rows, numbers_of, put_rows
from shared.contracts.base import ExpertRole
from shared.contracts.recruitment import (
    CreateEdition,
    EditionConfiguration,
    ReconfigureEdition,
)

blueprint = area("editions")

ROWS: Mapping[str, tuple[str, ...]] = {
    "areas": ("code", "number", "name.pl", "name.en"),
    "stages": ("code", "name.pl", "name.en"),
}
FIRST_STAGES = (
    ("AREA_CHOICE", "Wybór obszaru wsparcia przez JST", "Choice of the support area by the JST"),
    (
        "DIAGNOSIS",
        "Diagnoza potrzeb oraz wybór priorytetów rozwojowych",
        "Needs diagnosis and choice of development priorities",
    ),
    (
        "HDR",
        "Opracowanie harmonogramu działań rozwojowych",
        "Drawing up the development action schedule",
    ),
    ("DIRECTIONS", "Wyznaczenie kierunków wdrożenia", "Setting the directions of implementation"),
)
PREFIX = "configuration."


@blueprint.get("/panel/edycje")
def list_editions() -> str:
    """All editions, the newest first."""
    return render_template("editions/list.html", rows=list(all_editions().values()))


@blueprint.get("/panel/edycje/<uuid:edition_id>")
def show_edition(edition_id: UUID) -> str:
    """One edition with its configuration."""
    return render_template("editions/show.html", row=_row(edition_id))


@blueprint.route("/panel/edycje/nowa", methods=["GET", "POST"])
def create_edition() -> Answered:
    """Set up an edition; the form begins with areas and stages of the newest one."""
    newest = next(iter(all_editions().values()), None)
    form = posted_or_empty(_as_values(newest.configuration, is_new=True) if newest else _blank())
    act = Act(
        title=_("New edition"),
        button=_("Set up the edition"),
        back=url_for(".list_editions"),
        lead=_(
            "Support areas, stages and names of roles are taken from the newest edition; "
            "change what differs."
        )
        if newest
        else "",
    )
    if is_posted() and not change_rows(form, ROWS):
        answer = _send(form, services().recruitment.create_edition, CreateEdition, {})
        if answer is not None:
            return done(
                _("The edition was set up."), url_for(".show_edition", edition_id=answer.id)
            )
    return _page(act, form, is_new=True)


@blueprint.route("/panel/edycje/<uuid:edition_id>/zmien", methods=["GET", "POST"])
def reconfigure_edition(edition_id: UUID) -> Answered:
    """Replace an edition's configuration; address and stages of open cycles stay."""
    row = _row(edition_id)
    form = posted_or_empty(_as_values(row.configuration) | {"expected_version": str(row.version)})
    form.values["slug"] = row.slug
    act = Act(
        title=_("Change the edition"),
        caption=edition_title(row),
        button=_("Save the changes"),
        back=url_for(".show_edition", edition_id=edition_id),
        lead=_(
            "Open cycles keep the stages with which they were opened, published calls their "
            "voivodeships."
        ),
    )
    if (
        is_posted()
        and not change_rows(form, ROWS)
        and _send(
            form,
            services().recruitment.reconfigure_edition,
            ReconfigureEdition,
            {"edition_id": edition_id, "expected_version": form.number("expected_version")},
        )
    ):
        return done(_("The edition was changed."), act.back)
    saved = None
    if form.is_stale and form.number("expected_version") != row.version:
        saved = _differing(form, row.configuration)
        form.take_newer(lambda: row)
    return _page(act, form, is_new=False, saved=saved)


def _row(edition_id: UUID) -> EditionRow:
    return found(all_editions().get(edition_id), "edition", edition_id)


def _page(
    act: Act, form: ActForm, *, is_new: bool, saved: list[tuple[str, Any]] | None = None
) -> Answered:
    return act_page(
        act,
        form,
        "editions/form.html",
        is_new=is_new,
        saved=saved,
        areas=numbers_of(form, "areas"),
        stages=numbers_of(form, "stages"),
        regions=voivodeship_choices(),
        groupings=[(code, capital(text)) for code, text in labels.GROUPINGS.items()],
        summary_forms=choices(labels.SUMMARY_FORMS),
        roles=[role.value for role in ExpertRole],
    )


def _send(form: ActForm, command: Any, model: Any, more: Mapping[str, Any]) -> Any:
    data = {**more, "configuration": _configuration(form)}
    messages = {f"{PREFIX}{name}": text for name, text in _messages().items()}
    answer = form.send(command, model, data, messages=messages)
    form.errors = {name.removeprefix(PREFIX): text for name, text in form.errors.items()}
    return answer


def _configuration(form: ActForm) -> dict[str, Any]:
    """The configuration as it was typed."""
    return {
        "slug": form.text("slug"),
        "name": _localized(form, "name"),
        "starts_on": form.day("starts_on"),
        "ends_on": form.day("ends_on"),
        "voivodeships": form.texts("voivodeships"),
        "areas": [
            {
                "code": form.text(f"areas.{n}.code"),
                "number": form.number(f"areas.{n}.number"),
                "name": _localized(form, f"areas.{n}.name"),
            }
            for n in numbers_of(form, "areas")
        ],
        "stages": [
            {
                "code": form.text(f"stages.{n}.code"),
                "name": _localized(form, f"stages.{n}.name"),
            }
            for n in numbers_of(form, "stages")
        ],
        "jst_team_size": {
            "minimum": form.number("jst_team_size.minimum"),
            "maximum": form.number("jst_team_size.maximum"),
        },
        "publication_grouping": form.text("publication_grouping") or None,
        "role_labels": {role: _localized(form, f"role_labels.{role}") for role in ExpertRole},
        "hdr_template_version": form.number("hdr_template_version"),
        "summary_forms": form.texts("summary_forms"),
    }


def _differing(form: ActForm, saved: EditionConfiguration) -> list[tuple[str, Any]]:
    """What is saved now, where that is not what was typed."""
    typed, now = _parts(form), _parts(ActForm(_as_values(saved)))
    return [(name, value) for name, value in now.items() if typed[name] != value]


def _parts(form: ActForm) -> dict[str, Any]:
    """The parts of a configuration that can be changed, by their names, to be read by people."""
    regions, groupings = dict(voivodeship_choices()), labels.GROUPINGS
    grouping = form.text("publication_grouping")
    return {
        _("Name in Polish"): form.text("name.pl"),
        _("Name in English"): form.text("name.en"),
        _("First day"): format_short_day(form.day("starts_on")),
        _("Last day"): format_short_day(form.day("ends_on")),
        _("Voivodeships"): ", ".join(
            text for code, text in regions.items() if code in form.texts("voivodeships")
        ),
        _("JST team"): _(
            "%(minimum)s to %(maximum)s people",
            minimum=form.text("jst_team_size.minimum"),
            maximum=form.text("jst_team_size.maximum"),
        ),
        _("HDRs in the catalogue"): str(groupings.get(grouping, grouping)),
        **{role.value: _in_both(form, f"role_labels.{role}") for role in ExpertRole},
        _("Forms of summary"): "; ".join(
            text
            for code, text in choices(labels.SUMMARY_FORMS)
            if code in form.texts("summary_forms")
        ),
        _("Version of the HDR template"): form.text("hdr_template_version"),
        _("Stages of the advisory cycle"): "; ".join(
            f"{_in_both(form, f'stages.{n}.name')} ({form.text(f'stages.{n}.code')})"
            for n in numbers_of(form, "stages")
        ),
        _("Support areas"): "; ".join(
            f"{form.text(f'areas.{n}.number')}. {_in_both(form, f'areas.{n}.name')} "
            f"({form.text(f'areas.{n}.code')})"
            for n in numbers_of(form, "areas")
        ),
    }


def _in_both(form: ActForm, name: str) -> str:
    return f"{form.text(f'{name}.pl')} / {form.text(f'{name}.en')}"


def _localized(form: ActForm, name: str) -> dict[str, str]:
    return {"pl": form.text(f"{name}.pl"), "en": form.text(f"{name}.en")}


def _as_values(configuration: EditionConfiguration, *, is_new: bool = False) -> dict[str, Any]:
    """The fields of the form for a configuration; for a new edition without what is its own."""
    c = configuration
    values: dict[str, Any] = {
        "publication_grouping": c.publication_grouping.value,
        "hdr_template_version": str(c.hdr_template_version),
        "jst_team_size.minimum": str(c.jst_team_size.minimum),
        "jst_team_size.maximum": str(c.jst_team_size.maximum),
        "voivodeships": list(c.voivodeships),
        "summary_forms": list(c.summary_forms),
    }
    if not is_new:
        values |= {"slug": c.slug, "name.pl": c.name.pl, "name.en": c.name.en}
        for name in ("starts_on", "ends_on"):
            day = getattr(c, name)
            values |= {
                f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")
            }
    for role, text in c.role_labels.items():
        values |= {f"role_labels.{role}.pl": text.pl, f"role_labels.{role}.en": text.en}
    put_rows(
        values,
        "areas",
        [
            {"code": a.code, "number": a.number, "name.pl": a.name.pl, "name.en": a.name.en}
            for a in c.areas
        ],
    )
    return put_rows(
        values,
        "stages",
        [{"code": s.code, "name.pl": s.name.pl, "name.en": s.name.en} for s in c.stages],
    )


def _blank() -> dict[str, Any]:
    """The form of the very first edition."""
    values: dict[str, Any] = {"hdr_template_version": "1"}
    put_rows(values, "areas", [{"code": "", "number": 1, "name.pl": "", "name.en": ""}])
    return put_rows(
        values,
        "stages",
        [{"code": code, "name.pl": pl, "name.en": en} for code, pl, en in FIRST_STAGES],
    )


def _messages() -> dict[str, str]:
    code = _("Enter a code: capital letters without accents, digits and underscores")
    text = _("Enter a name of at most 200 characters")
    messages = {
        "slug": _("Enter the address: small letters without accents, digits and hyphens"),
        "name.pl": text,
        "name.en": text,
        "starts_on": _("Enter the first day"),
        "ends_on": _("Enter the last day"),
        "voivodeships": _("Choose at least one voivodeship"),
        "areas": _("Add at least one support area"),
        "stages": _("Add at least one stage"),
        "publication_grouping": _("Choose how the catalogue groups HDRs"),
        "hdr_template_version": _("Enter the version of the template, from 1"),
        "summary_forms": _("Choose at least one form of summary"),
        "jst_team_size.minimum": _("Enter a number from 1 to 50"),
        "jst_team_size.maximum": _("Enter a number from 1 to 50"),
    }
    for role in ExpertRole:
        messages |= {f"role_labels.{role}.{one}": text for one in ("pl", "en")}
    for number in range(99):
        for name in ROWS:
            messages |= {
                f"{name}.{number}.code": code,
                f"{name}.{number}.name.pl": text,
                f"{name}.{number}.name.en": text,
            }
        messages[f"areas.{number}.number"] = _("Enter a number from 1 to 99")
    return messages
