"""What people call the codes of the contracts: kinds, states, forms, roles, voivodeships.

One place for every page; each label is a lazy text, so it speaks the language of the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from flask_babel import lazy_gettext as lazy
from flask_babel import lazy_pgettext as lazy_in
from flask_babel.speaklater import LazyString

from services.gateway.accounts import Role
from services.gateway.i18n import gettext as _
from services.gateway.projections.calls import CallState
from shared.contracts.advisory import ActivityForm
from shared.contracts.base import ExpertRole, JstKind
from shared.contracts.hdr import HdrState, SummaryForm, SummaryState
from shared.contracts.monitoring import ActionState
from shared.contracts.recruitment import (
    ApplicationStatus,
    CallKind,
    Decision,
    ErasureGround,
    PublicationGrouping,
    TrainingMode,
)

Labels = Mapping[str, LazyString]


class NamedJst(Protocol):
    """Anything that names a JST as `JstRef` does."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def voivodeship(self) -> str: ...
    @property
    def county(self) -> str | None: ...
    @property
    def has_county_rights(self) -> bool: ...


JST_KINDS: Labels = {
    JstKind.URBAN: lazy("urban commune"),
    JstKind.RURAL: lazy("rural commune"),
    JstKind.URBAN_RURAL: lazy("urban-rural commune"),
    JstKind.COUNTY: lazy("county"),
    JstKind.VOIVODESHIP: lazy("voivodeship"),
}
"""One unit: ``gmina wiejska``."""

JST_KINDS_MANY: Labels = {
    JstKind.URBAN: lazy("Urban communes"),
    JstKind.RURAL: lazy("Rural communes"),
    JstKind.URBAN_RURAL: lazy("Urban-rural communes"),
    "URBAN_AND_URBAN_RURAL": lazy("Urban and urban-rural communes"),
    JstKind.COUNTY: lazy("Counties"),
    JstKind.VOIVODESHIP: lazy("Voivodeships"),
}
"""Headings and filters: ``Gminy wiejskie``. The fourth is the group of a merged catalogue."""

CALL_KINDS: Labels = {
    CallKind.PRO: lazy("Experts in personal development of organisations (PRO)"),
    CallKind.ROS: lazy("Experts in development of local-government education (ROS)"),
    CallKind.JST: lazy("Local governments (JST)"),
}
"""Whom a call invites."""

ERASURE_GROUNDS: Labels = {
    ErasureGround.OWN_REQUEST: lazy("the person asked for it or objected"),
    ErasureGround.RETENTION_ENDED: lazy("the time for which they are kept is over"),
    ErasureGround.UNLAWFUL: lazy("they should not have been taken"),
}
"""Why personal data are erased."""

EXPERT_ROLES: Labels = {
    ExpertRole.PRO: lazy("PRO expert: personal development of organisations"),
    ExpertRole.ROS: lazy("ROS expert: development of local-government education"),
}
"""Where no edition is at hand; an edition's own labels come first (``role_labels``)."""

CALL_STATES: Labels = {
    CallState.ANNOUNCED: lazy_in("call", "opens soon"),
    CallState.OPEN: lazy_in("call", "open"),
    CallState.ASSESSING: lazy_in("call", "assessment under way"),
    CallState.DECIDED: lazy_in("call", "results published"),
    CallState.CANCELLED: lazy_in("call", "cancelled"),
}

APPLICATION_STATUSES: Labels = {
    ApplicationStatus.RECEIVED: lazy_in("application", "received"),
    ApplicationStatus.CHECKED: lazy_in("application", "formally checked"),
    ApplicationStatus.DECIDED: lazy_in("application", "decision prepared"),
    ApplicationStatus.WITHDRAWN: lazy_in("application", "withdrawn"),
    ApplicationStatus.QUALIFIED: lazy_in("application", "qualified"),
    ApplicationStatus.RESERVE: lazy_in("application", "reserve list"),
    ApplicationStatus.REJECTED: lazy_in("application", "not qualified"),
}

DECISIONS: Labels = {
    Decision.QUALIFIED: lazy_in("application", "qualified"),
    Decision.RESERVE: lazy_in("application", "reserve list"),
    Decision.REJECTED: lazy_in("application", "not qualified"),
}

TRAINING_MODES: Labels = {
    TrainingMode.ON_SITE: lazy_in("training", "on site"),
    TrainingMode.ONLINE: lazy_in("training", "online"),
    TrainingMode.MIXED: lazy_in("training", "mixed"),
}

GROUPINGS: Labels = {
    PublicationGrouping.KIND: lazy("by kind of JST"),
    PublicationGrouping.KIND_MERGED: lazy(
        "by kind of JST, urban and urban-rural communes together"
    ),
    PublicationGrouping.REGION: lazy("by voivodeship"),
}

ACTIVITY_FORMS: Labels = {
    ActivityForm.INFO_CONSULTATION: lazy("information and consultation meeting"),
    ActivityForm.WORKSHOP: lazy("workshop training"),
    ActivityForm.ON_SITE_ADVICE: lazy("advice at the JST"),
    ActivityForm.REMOTE_ADVICE: lazy("remote advice"),
}

HDR_STATES: Labels = {
    HdrState.DRAFT: lazy_in("hdr", "draft"),
    HdrState.SUBMITTED: lazy_in("hdr", "submitted"),
    HdrState.SUBSTANTIVE_EDITING: lazy_in("hdr", "substantive editing"),
    HdrState.LANGUAGE_PROOFREADING: lazy_in("hdr", "language proofreading"),
    HdrState.APPROVED: lazy_in("hdr", "approved"),
    HdrState.PUBLISHED: lazy_in("hdr", "published"),
    HdrState.WITHDRAWN: lazy_in("hdr", "taken down"),
}

SUMMARY_STATES: Labels = {
    SummaryState.DRAFT: lazy_in("summary", "draft"),
    SummaryState.SUBMITTED: lazy_in("summary", "submitted"),
    SummaryState.APPROVED: lazy_in("summary", "approved"),
    SummaryState.PUBLISHED: lazy_in("summary", "published"),
}

SUMMARY_FORMS: Labels = {
    SummaryForm.GOOD_PRACTICE: lazy("Good practice of a local government"),
    SummaryForm.REFLECTION_STUDY: lazy("Reflection study"),
    SummaryForm.MINI_REPORTAGE: lazy("Mini-reportage with an interview"),
}

ACTION_STATES: Labels = {
    ActionState.NOT_STARTED: lazy_in("action", "not started"),
    ActionState.IN_PROGRESS: lazy_in("action", "in progress"),
    ActionState.DONE: lazy_in("action", "done"),
    ActionState.POSTPONED: lazy_in("action", "postponed"),
    ActionState.DROPPED: lazy_in("action", "dropped"),
}
"""In the order in which a report shows them."""

ROLES: Labels = {
    Role.PROGRAMME_STAFF: lazy("programme staff"),
    Role.COORDINATOR: lazy("regional coordinator"),
    Role.EDITOR: lazy("editor"),
    Role.EXPERT: lazy("expert"),
    Role.JST: lazy("JST team"),
    Role.OPERATOR: lazy("operator"),
    Role.SUBSCRIBER: lazy("another system that follows the events"),
}

VOIVODESHIPS: Mapping[str, str] = {
    "02": "dolnośląskie",
    "04": "kujawsko-pomorskie",
    "06": "lubelskie",
    "08": "lubuskie",
    "10": "łódzkie",
    "12": "małopolskie",
    "14": "mazowieckie",
    "16": "opolskie",
    "18": "podkarpackie",
    "20": "podlaskie",
    "22": "pomorskie",
    "24": "śląskie",
    "26": "świętokrzyskie",
    "28": "warmińsko-mazurskie",
    "30": "wielkopolskie",
    "32": "zachodniopomorskie",
}
"""By TERYT code; names, so the same in both languages. The register orders them by name."""

ALL_LABELS: Mapping[type[StrEnum], Labels] = {
    JstKind: JST_KINDS,
    CallKind: CALL_KINDS,
    CallState: CALL_STATES,
    ExpertRole: EXPERT_ROLES,
    ApplicationStatus: APPLICATION_STATUSES,
    Decision: DECISIONS,
    ErasureGround: ERASURE_GROUNDS,
    TrainingMode: TRAINING_MODES,
    PublicationGrouping: GROUPINGS,
    ActivityForm: ACTIVITY_FORMS,
    HdrState: HDR_STATES,
    SummaryState: SUMMARY_STATES,
    SummaryForm: SUMMARY_FORMS,
    ActionState: ACTION_STATES,
    Role: ROLES,
}
"""Every code list of the contracts that a page shows; a test keeps each complete."""


def label(labels: Labels, code: str | None) -> str:
    """A code in words; the code itself where it is newer than this list, empty for ``None``."""
    if code is None:
        return ""
    return str(labels.get(code, code))


def voivodeship(code: str | None) -> str:
    """A voivodeship's name by its TERYT code."""
    return "" if code is None else VOIVODESHIPS.get(code, code)


def jst_kind(jst: NamedJst) -> str:
    """Kind of a JST in words; a city with county rights is named as such."""
    if jst.has_county_rights:
        return _("city with county rights")
    return label(JST_KINDS, jst.kind)


def jst_title(jst: NamedJst) -> str:
    """A JST's name with its kind, which tells namesakes apart: ``gmina wiejska Słupsk``."""
    return _("%(name)s (%(kind)s)", kind=jst_kind(jst), name=jst.name)


def jst_place(jst: NamedJst) -> str:
    """Where a JST lies: ``powiat słupski, woj. pomorskie``; empty for a voivodeship."""
    if jst.kind == JstKind.VOIVODESHIP:
        return ""
    region = voivodeship(jst.voivodeship)
    if jst.county:
        return _("%(county)s county, %(region)s voivodeship", county=jst.county, region=region)
    return _("%(region)s voivodeship", region=region)


def template_globals() -> dict[str, Any]:
    """What every template may use of this module."""
    return {
        "ACTION_STATES": ACTION_STATES,
        "ACTIVITY_FORMS": ACTIVITY_FORMS,
        "APPLICATION_STATUSES": APPLICATION_STATUSES,
        "CALL_KINDS": CALL_KINDS,
        "CALL_STATES": CALL_STATES,
        "DECISIONS": DECISIONS,
        "EXPERT_ROLES": EXPERT_ROLES,
        "GROUPINGS": GROUPINGS,
        "HDR_STATES": HDR_STATES,
        "JST_KINDS": JST_KINDS,
        "JST_KINDS_MANY": JST_KINDS_MANY,
        "ROLES": ROLES,
        "SUMMARY_FORMS": SUMMARY_FORMS,
        "SUMMARY_STATES": SUMMARY_STATES,
        "TRAINING_MODES": TRAINING_MODES,
        "VOIVODESHIPS": VOIVODESHIPS,
        "jst_kind": jst_kind,
        "jst_place": jst_place,
        "jst_title": jst_title,
        "label": label,
        "voivodeship": voivodeship,
    }
