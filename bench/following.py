"""What the listeners' processes of the measurements share."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

from shared.kernel.subscription import Subscription


def feed_of(application: Any) -> Callable[[str, int, int], list[Any]]:
    """Reads an application's contract events as its entrypoint ``read_feed`` gives them."""

    def feed(_source: str, after: int, limit: int) -> list[Any]:
        found: list[Any] = application.read_contract_events(after, limit)[0]
        return found

    return feed


def listen(subscription: Subscription, *closed_after: Any) -> None:
    """Run until SIGTERM, then close."""
    signal.signal(signal.SIGTERM, lambda *_: subscription.stop())
    subscription.run()
    for one in closed_after:
        one.close()
