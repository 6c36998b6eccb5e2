"""Operations: is everything up, how far behind is it, what is parked and what to do about it.

No personal data: messages are contract events, acts name an account by its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from sqlalchemy import select

from services.gateway import parked
from services.gateway.auth import principal
from services.gateway.clients import services
from services.gateway.i18n import gettext as _
from services.gateway.journal import SOURCES, journal, last_position, view_positions
from services.gateway.panel import (
    Act,
    Answered,
    act_page,
    area,
    is_posted,
    posted_or_empty,
    reading,
)
from shared.kernel.parking import ParkedMessage
from shared.kernel.rpc import ServiceFailedError, ServiceUnavailableError

blueprint = area("operations")

MOST_PARKED = 50
MOST_ACTS = 200


@dataclass(frozen=True)
class ServiceState:
    """What a service says of itself, or why it says nothing."""

    name: str
    status: dict[str, Any] | None
    trouble: str | None

    @property
    def lag(self) -> int | None:
        """Recorded events that the relay has not passed yet; >= 0."""
        if self.status is None:
            return None
        return max(0, int(self.status["last_event"]) - int(self.status["relay"]["position"]))


@dataclass(frozen=True)
class ViewState:
    """How far a view of the gateway is."""

    name: str
    position: int
    lag: int
    """Journal entries that it does not show yet; >= 0."""


@blueprint.get("/panel/operacje")
def show_operations() -> str:
    """Each service's own report, the journal and the views, and what waits for a person."""
    states = [_state(name) for name in SOURCES]
    with reading() as connection:
        last = last_position(connection)
        newest = connection.execute(
            select(journal.c.recorded_at).where(journal.c.position == last)
        ).scalar_one_or_none()
        rows = connection.execute(select(view_positions).order_by(view_positions.c.view))
        views = [ViewState(row.view, row.position, max(0, last - row.position)) for row in rows]
    held = parked.parked_everywhere()
    return render_template(
        "operations/show.html",
        states=states,
        # Not the last event recorded: one that stays inside never moves a listener's position.
        published={s.name: s.status["relay"]["published"] for s in states if s.status},
        last=last,
        newest=newest,
        views=views,
        parked=[(one.place, m) for one in held for m in one.messages][:MOST_PARKED],
        parked_total=sum(one.total for one in held),
        silent=[one for one in held if one.trouble],
    )


@blueprint.get("/panel/operacje/czynnosci")
def show_acts() -> str:
    """What operators did to parked messages, views and positions, newest first."""
    held = parked.parked_everywhere()
    acts = [(one.place, act) for one in held for act in one.acts]
    acts.sort(key=lambda entry: str(entry[1].recorded_at), reverse=True)
    return render_template(
        "operations/acts.html", acts=acts[:MOST_ACTS], silent=[one for one in held if one.trouble]
    )


@blueprint.get("/panel/operacje/odlozone/<place>/<int:number>")
def show_parked(place: str, number: int) -> str:
    """One parked message as it came, its error, and what can be done."""
    message, same = parked.find_with_subject(place, number)
    return render_template(
        "operations/parked.html", place=place, message=message, same=same if message.source else []
    )


@blueprint.route("/panel/operacje/odlozone/<place>/<int:number>/ponow", methods=["GET", "POST"])
def replay_parked(place: str, number: int) -> Answered:
    """Handle one message again."""
    act = Act(
        title=_("Replay the message"),
        button=_("Replay"),
        back=url_for(".show_parked", place=place, number=number),
        caption=f"{place} {number}",
        consequences=[
            _("The message is handled once more, and leaves the list if that succeeds."),
            _("If it fails again it stays parked, and nothing else changes."),
            _("The act is recorded with your account's id."),
        ],
    )
    return _settle(act, place, [parked.find(place, number)], number=number)


@blueprint.route("/panel/operacje/odlozone/<place>/<int:number>/sprawa", methods=["GET", "POST"])
def replay_subject(place: str, number: int) -> Answered:
    """Handle all messages about the same subject again, in their order."""
    message, same = parked.find_with_subject(place, number)
    act = Act(
        title=_("Replay all messages about the subject"),
        button=_("Replay all"),
        back=url_for(".show_parked", place=place, number=number),
        caption=f"{place}, {message.subject}",
        consequences=[
            _("These messages are handled once more, in this order."),
            _("The first that fails ends it: those behind it stay parked."),
            _("The act is recorded with your account's id."),
        ],
    )
    return _settle(act, place, same, number=number, is_whole_subject=True)


@blueprint.route("/panel/operacje/odlozone/<place>/<int:number>/odrzuc", methods=["GET", "POST"])
def discard_parked(place: str, number: int) -> Answered:
    """Take one message off the list for good."""
    act = Act(
        title=_("Discard the message"),
        button=_("Discard for good"),
        back=url_for(".show_parked", place=place, number=number),
        caption=f"{place} {number}",
        consequences=[
            _("The message leaves the list. Its effect will be missing for good."),
            _("Messages about the same subject that wait behind it can be replayed then."),
            _("The act is recorded with your account's id and the reason."),
        ],
        reason=_("Reason"),
        reason_hint=_("No names or other personal data."),
        is_warning=True,
    )
    return _settle(act, place, [parked.find(place, number)], number=number, is_discarding=True)


@blueprint.route("/panel/operacje/odlozone/<place>/ponow", methods=["GET", "POST"])
def replay_all(place: str) -> Answered:
    """Handle all messages again that a part of the platform parked."""
    act = Act(
        title=_("Replay all parked messages"),
        button=_("Replay all"),
        back=url_for(".show_operations"),
        caption=place,
        consequences=[
            _("These messages are handled once more, each subject in its order."),
            _("Where one fails, those behind it about the same subject stay parked."),
            _("The act is recorded with your account's id."),
        ],
    )
    return _settle(act, place, parked.parked_in(place).messages, number=None)


def _settle(
    act: Act,
    place: str,
    messages: Sequence[ParkedMessage],
    *,
    number: int | None,
    is_whole_subject: bool = False,
    is_discarding: bool = False,
) -> Answered:
    """Show what would happen to which messages; when sent, do it and show each one's outcome."""
    form = posted_or_empty()
    if is_posted():
        reason = form.require("reason", _("Give the reason")) if act.reason else None
        outcomes = form.perform(
            lambda: parked.settle(
                place,
                number,
                is_whole_subject=is_whole_subject,
                is_discarding=is_discarding,
                actor=principal().actor or "unknown",
                reason=reason,
            )
        )
        if outcomes is not None:
            by_id = {m.id: m for m in messages}
            rows = [(by_id.get(outcome.id), outcome) for outcome in outcomes]
            return render_template("operations/settled.html", act=act, place=place, rows=rows)
    return act_page(act, form, "operations/settle.html", place=place, messages=messages)


def _state(name: str) -> ServiceState:
    try:
        return ServiceState(name, services().status(name), None)
    except (ServiceUnavailableError, ServiceFailedError) as error:
        return ServiceState(name, None, str(error))
