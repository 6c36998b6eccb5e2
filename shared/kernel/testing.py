"""Given / when / then for event-sourced aggregates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, Self, TypeVar

from shared.contracts.base import ContractEvent
from shared.kernel.aggregate import Aggregate
from shared.kernel.application import ServiceApplication
from shared.kernel.clock import Clock, set_effective
from shared.kernel.publication import Publications
from shared.kernel.subscription import Handlers

Fact = tuple[str, dict[str, Any]]
A = TypeVar("A", bound=Aggregate)
_ENVELOPE = {"originator_id", "originator_version", "timestamp", "originator_topic"}


def fact(domain_event: Any) -> Fact:
    """Reduce an event to its stored name and payload, dropping ids and times."""
    payload = {k: v for k, v in vars(domain_event).items() if k not in _ENVELOPE}
    return type(domain_event).TOPIC, payload


class given(Generic[A]):  # noqa: N801 -- reads as a sentence in tests
    """Build an aggregate from its own commands, run one command, compare events.

    given(an_open_vacancy).when(lambda v: v.close("filled")).then(
        ("recruitment.VacancyClosed", {"reason": "filled"}),
    )
    """

    def __init__(self, start: Callable[[], A], *history: Callable[[A], Any]) -> None:
        self._aggregate = start()
        for command in history:
            command(self._aggregate)
        self._aggregate.collect_events()

    def when(self, command: Callable[[A], Any]) -> Self:
        command(self._aggregate)
        return self

    def then(self, *expected: Fact) -> None:
        assert list(expected) == [fact(e) for e in self._aggregate.collect_events()]

    then_nothing = then


class FixedClock(Clock):
    """A clock that stands still; events recorded meanwhile are stamped by it too."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)
        set_effective(self.moment)

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        """Let it be another moment."""
        self.moment = moment.astimezone(UTC)
        set_effective(self.moment)


def published(application: ServiceApplication, publications: Publications) -> list[Any]:
    """The contract events that the application's log yields, in order."""
    domain_events = [
        application.mapper.to_domain_event(r.stored)
        for r in application.log.select_behind_fence(0, 1_000_000)
    ]
    contract_events = [publications.translate(e) for e in domain_events]
    return [e for e in contract_events if e is not None]


def deliver(
    application: ServiceApplication, handlers: Handlers, *contract_events: ContractEvent
) -> None:
    """Let the application take events as its subscription would, each in one transaction."""
    for contract_event in contract_events:
        found = handlers.find(contract_event.event_type())
        assert found is not None, f"nobody listens to {contract_event.event_type()}"
        event_type, handler = found
        read = event_type.model_validate_json(contract_event.model_dump_json())
        application.execute(partial(handler, application, read))
