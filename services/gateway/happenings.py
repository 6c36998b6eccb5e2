"""What happened to a JST, in a sentence for people, with the place where one sees more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as lazy

from services.gateway import labels
from services.gateway.i18n import capital, format_day, format_number, ngettext
from services.gateway.i18n import gettext as _
from services.gateway.pages import may_open
from services.gateway.panel import Names
from services.gateway.projections.timeline import TimelineRow

Parameters = Mapping[str, Any]


def sentence(row: TimelineRow) -> str:
    """What happened; the event's own name where it is newer than these texts."""
    word = _SENTENCES.get(row.type)
    return word(_Known(row.parameters)) if word else labels.label(_PLAIN, row.type)


def target(row: TimelineRow) -> str | None:
    """The page on which one sees more; ``None`` where there is none for the reader."""
    for key, endpoint in _TARGETS:
        value = row.parameters.get(key)
        if value and may_open(endpoint):
            if endpoint == "monitoring.show_record":
                round_id = row.parameters.get("round_id")
                if round_id:
                    return url_for(endpoint, round_id=round_id, hdr_id=value)
                continue
            return url_for(endpoint, **{key: value})
    if row.type.startswith("Application") and may_open("applications.show_application"):
        return url_for("applications.show_application", application_id=row.subject_id)
    return None


_TARGETS = (
    ("cycle_id", "cycles.show_cycle"),
    ("summary_id", "summaries.show_summary"),
    ("hdr_id", "monitoring.show_record"),
    ("hdr_id", "hdrs.show_hdr"),
)


class _Known(dict[str, Any]):
    """Parameters of which a missing one is ``None``."""

    def __missing__(self, key: str) -> None:
        return None


def _submitted(p: Parameters) -> str:
    if p["is_late_admission"]:
        return _("Application %(number)s was admitted late", number=p["receipt_number"])
    return _("Application %(number)s was received", number=p["receipt_number"])


def _results(p: Parameters) -> str:
    decision = labels.label(labels.DECISIONS, p["decision"])
    if p["reserve_rank"]:
        return _(
            "Results were published: %(decision)s, place %(rank)s",
            decision=decision,
            rank=p["reserve_rank"],
        )
    return _("Results were published: %(decision)s", decision=decision)


def _team(p: Parameters) -> str:
    if p["previous_team_id"]:
        return _(
            "The team was changed to “%(team)s”: %(reason)s",
            team=p["team_name"] or "…",
            reason=p["reason"] or "–",
        )
    return _("The team “%(team)s” was assigned", team=p["team_name"] or "…")


def _area(p: Parameters) -> str:
    name = Names.area(p["area_code"])
    if p["previous_area_code"]:
        return _(
            "The support area was changed from “%(before)s” to “%(now)s”",
            before=Names.area(p["previous_area_code"]),
            now=name,
        )
    return _("The support area was chosen: %(area)s", area=name)


def _stage(p: Parameters) -> str:
    if p["next_stage"]:
        return _(
            "The stage “%(stage)s” was completed; next: “%(next_stage)s”",
            stage=Names.stage(p["stage"]),
            next_stage=Names.stage(p["next_stage"]),
        )
    return _("The last stage “%(stage)s” was completed", stage=Names.stage(p["stage"]))


def _activity(p: Parameters) -> str:
    return _(
        "%(form)s on %(day)s, %(hours)s h: %(topic)s",
        form=capital(labels.label(labels.ACTIVITY_FORMS, p["form"])),
        day=format_day(p["held_on"]),
        hours=format_number(p["hours"]),
        topic=p["topic"],
    )


def _hdr_state(p: Parameters) -> str:
    return _("HDR: %(state)s", state=labels.label(labels.HDR_STATES, p["state"]))


def _summary_state(p: Parameters) -> str:
    state = labels.label(labels.SUMMARY_STATES, p["state"])
    if p["reason"]:
        return _("Summary: %(state)s. %(reason)s", state=state, reason=p["reason"])
    return _("Summary: %(state)s", state=state)


def _recorded(p: Parameters) -> str:
    values = {"round": p["round_name"] or "…"}
    if (p["revision"] or 1) > 1:
        return _("The monitoring report was corrected: %(round)s", **values)
    if p["is_late"]:
        return _("Monitoring was answered after the due day: %(round)s", **values)
    return _("Monitoring was answered: %(round)s", **values)


def _diagnosis(p: Parameters) -> str:
    number = len(p["priorities"] or ())
    return ngettext(
        "The diagnosis was closed with %(num)s priority",
        "The diagnosis was closed with %(num)s priorities",
        number,
    )


def _member(p: Parameters) -> str:
    return _(
        "A member of the team “%(team)s” was replaced (%(role)s): %(reason)s",
        team=p["team_name"] or "…",
        role=p["role"],
        reason=p["reason"] or "–",
    )


def _renamed(p: Parameters) -> str:
    return _(
        "The name was changed from “%(before)s” to “%(now)s”",
        before=p["previous_name"],
        now=p["name"],
    )


def _kind_changed(p: Parameters) -> str:
    return _(
        "The kind was changed to %(kind)s; the code from %(before)s to %(now)s",
        kind=labels.label(labels.JST_KINDS, p["kind"]),
        before=p["previous_code"],
        now=p["code"],
    )


_SENTENCES: Mapping[str, Callable[[Parameters], str]] = {
    "LocalGovernmentRenamed": _renamed,
    "LocalGovernmentKindChanged": _kind_changed,
    "ApplicationSubmitted": _submitted,
    "ResultsPublished": _results,
    "ReservePromoted": lambda p: _(
        "Qualified from the reserve list: %(reason)s", reason=p["reason"] or "–"
    ),
    "TeamAssigned": _team,
    "TeamMemberReplaced": _member,
    "AreaChosen": _area,
    "DiagnosisClosed": _diagnosis,
    "StageCompleted": _stage,
    "ActivityLogged": _activity,
    "HDRSubmitted": lambda p: _(
        "The HDR was handed in (submission %(number)s)", number=p["submission"]
    ),
    "HDRStateChanged": _hdr_state,
    "HDRReturned": lambda p: _(
        "The HDR was returned to its authors: %(reason)s", reason=p["reason"]
    ),
    "HDRPublished": lambda p: _(
        "The HDR “%(title)s” was published (version %(version)s)",
        title=p["title"],
        version=p["published_version"],
    ),
    "HDRWithdrawn": lambda p: _("The HDR was taken down: %(reason)s", reason=p["reason"]),
    "SummaryFormChosen": lambda p: _(
        "The form of the summary was chosen: %(form)s",
        form=labels.label(labels.SUMMARY_FORMS, p["form"]),
    ),
    "SummaryStateChanged": _summary_state,
    "SummaryPublished": lambda p: _("The summary “%(title)s” was published", title=p["title"]),
    "RoundOpened": lambda p: _(
        "A monitoring round asks about the HDR: %(name)s, due %(day)s",
        name=p["name"],
        day=format_day(p["due_on"]),
    ),
    "MonitoringRecorded": _recorded,
}

_PLAIN: labels.Labels = {
    "LocalGovernmentRegistered": lazy("Entered the register of JST"),
    "LocalGovernmentClosed": lazy("Is gone from the register of JST"),
    "ApplicationWithdrawn": lazy("The application was withdrawn"),
    "ApplicationChecked": lazy("The formal check was recorded"),
    "ApplicationDecided": lazy("A decision was prepared"),
    "ApplicantErased": lazy("The personal data of the application were erased"),
    "CycleOpened": lazy("The advisory cycle was opened"),
    "DirectionsSet": lazy("The directions of implementation were settled"),
    "CycleCompleted": lazy("The advisory cycle was completed"),
    "HDROpened": lazy("The HDR can be written"),
}
"""Events that need no parameters."""
