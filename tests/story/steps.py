"""What every part of the story needs: who acts, working in parallel, waiting, being refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from services.gateway.accounts import create_account
from shared.kernel.clock import WARSAW
from shared.kernel.database import Database
from tests.story.api import Answer, Api, Calls, RefusedError
from tests.story.ledger import Ledger, Size
from tests.story.register import REGIONS

T = TypeVar("T")
PASSWORD = "Zielony-rower-7-gor"
SETTLE_SECONDS = 90.0
AMONG_OTHERS_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.03
EVERY_NTH_TWICE = 7
UNKNOWN_VALUE = "…"
"""Stands in a sentence for a parameter that is missing."""


def eventually(look: Callable[[], T], what: str, deadline_seconds: float = SETTLE_SECONDS) -> T:
    """Look again and again until there is something; it."""
    deadline = time.monotonic() + deadline_seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {deadline_seconds:g} s in vain for {what}")
        time.sleep(LOOK_AGAIN_SECONDS)


class Steps:
    """A story in progress.

    Args:
        address: Of the gateway.
        database_url: Of the gateway's database, where accounts are opened.
        size: How big the programme is.
        threads: How many people work at once where their work is independent.
        twice: Send every seventh command once more under its key, and expect the first answer.
    """

    def __init__(
        self,
        address: str,
        database_url: str,
        size: Size | None = None,
        *,
        threads: int = 1,
        twice: bool = True,
    ) -> None:
        self.size = size or Size()
        self.threads = threads
        self.are_several_at_work = False
        self.twice = twice
        self.database_url = database_url
        self.today = datetime.now(WARSAW).date()
        self.ledger = Ledger(self.size, self.today)
        self.ledger.regions = list(REGIONS[: self.size.regions])
        self.calls = Calls()
        self.anyone = Api(address, calls=self.calls)
        self.staff = self.editor = self.subscriber = self.anyone
        self.coordinators: dict[str, Api] = {}
        self.people: dict[str, Api] = {}
        """Clients of experts and JST, by the id of whom they work for."""
        self.repeated_commands = 0

    # --- acting -----------------------------------------------------------------------------------

    def do(self, who: Api, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Send a command and wait until everybody can see it; the answer's body."""
        options.setdefault("key", str(uuid4()))
        answer = who.send(method, path, body, **options)
        if self.twice and self.calls.sent % EVERY_NTH_TWICE == 0 and path != "/tokens":
            self._repeat(who, method, path, body, answer, **options)
        if not answer.is_level:
            self.settle()
        return answer.body

    def _repeat(
        self, who: Api, method: str, path: str, body: Any, first: Answer, **options: Any
    ) -> None:
        again = who.send(method, path, body, **options)
        assert (again.status, again.body) == (first.status, first.body), (method, path)
        assert again.is_replay, f"{method} {path} was carried out twice under one key"
        self.repeated_commands += 1

    def refuse(  # noqa: PLR0917 -- reads like the sentence that it is
        self,
        code: str,
        status: int,
        who: Api,
        method: str,
        path: str,
        body: Any = None,
        **options: Any,
    ) -> RefusedError:
        """Send a command that a rule must say no to; the refusal."""
        try:
            answer = who.send(method, path, body, **options)
        except RefusedError as error:
            refused = error
        else:
            raise AssertionError(f"{method} {path} was not refused with {code}: {answer.body}")
        assert (refused.code, refused.status) == (code, status), refused
        assert refused.problem["title"], refused
        assert refused.problem["detail"], refused
        assert UNKNOWN_VALUE not in refused.problem["detail"], refused
        return refused

    def each(self, work: Callable[[T], Any], items: Iterable[T]) -> None:
        """Do the same for each item; several at once where the story has several threads."""
        if self.threads == 1:
            for item in items:
                work(item)
            return
        self.are_several_at_work = True
        try:
            with ThreadPoolExecutor(self.threads) as pool:
                for done in [pool.submit(work, item) for item in items]:
                    done.result()
        finally:
            self.are_several_at_work = False

    def open_account(self, name: str, roles: list[str], **scope: Any) -> Api:
        """An account with these roles, signed in."""
        email = f"{name}@story.example"
        database = Database(self.database_url)
        create_account(database, email, PASSWORD, f"Konto {name}", roles, **scope)
        database.close()
        return self.anyone.sign_in(email, PASSWORD)

    # --- time -------------------------------------------------------------------------------------

    def day(self, offset: int) -> Any:
        """A day relative to today."""
        return self.today + timedelta(days=offset)

    def moment(self, offset: int, hour: int = 10) -> str:
        """A moment of office hours on a day relative to today."""
        day = self.day(offset)
        return datetime(day.year, day.month, day.day, hour, tzinfo=WARSAW).isoformat()

    # --- waiting ----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until every service and every view has taken over what was recorded so far.

        While others go on recording that moment may never come: then only for a while.
        """
        deadline = AMONG_OTHERS_SECONDS if self.are_several_at_work else SETTLE_SECONDS
        try:
            eventually(self._is_settled, "all listeners to be level", deadline)
        except AssertionError as error:
            if not self.are_several_at_work:
                raise AssertionError(f"{error}: {self.anyone.get_raw('/health/ready')}") from None

    def _is_settled(self) -> bool:
        state = self.anyone.get_raw("/health/ready")
        services, gateway = state["services"], state["gateway"]
        if not all(found["connected"] for found in services.values()):
            return False
        published = {name: found["relay"]["published"] for name, found in services.items()}
        return (
            all(f["relay"]["position"] == f["last_event"] for f in services.values())
            and gateway["sources"] == published
            and gateway["views_position"] == gateway["journal_position"]
            and all(
                position == published[source]
                for found in services.values()
                for source, position in found["subscription"]["positions"].items()
            )
        )
