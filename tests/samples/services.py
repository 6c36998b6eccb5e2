"""The sample services' nameko entrypoints."""

from __future__ import annotations

from shared.kernel import nameko_host as host
from shared.kernel.nameko_host import (
    ApplicationProvider,
    FeedAnswer,
    FeedQuery,
    RelayExtension,
    StatusAnswer,
    StatusQuery,
    SubscriptionExtension,
    command,
    query,
)
from tests.samples.parts import LEDGER, MIRROR, AccountAnswer, AccountQuery, AddAmount


class LedgerService:
    """Records amounts."""

    name = "ledger"
    app = ApplicationProvider(LEDGER)
    relay = RelayExtension()

    @command(AddAmount)
    def add_amount(self, request: AddAmount) -> AccountAnswer:
        return self.app.add_amount(request)

    @command(AddAmount)
    def note_amount(self, request: AddAmount) -> AccountAnswer:
        return self.app.note_amount(request)

    @query(AccountQuery)
    def total(self, request: AccountQuery) -> AccountAnswer:
        return self.app.total(request)

    @query(FeedQuery)
    def read_feed(self, request: FeedQuery) -> FeedAnswer:
        return host.read_feed(self.app, request)

    @query(StatusQuery)
    def report_status(self, request: StatusQuery) -> StatusAnswer:
        return host.report_status(self.app, request)


class MirrorService:
    """Copies amounts."""

    name = "mirror"
    app = ApplicationProvider(MIRROR)
    relay = RelayExtension()
    subscription = SubscriptionExtension()

    @query(StatusQuery)
    def report_status(self, request: StatusQuery) -> StatusAnswer:
        return host.report_status(self.app, request)
