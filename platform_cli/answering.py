"""Whether a service's process answers."""

from __future__ import annotations

from shared.kernel.rpc import RpcClient, ServiceFailedError, ServiceUnavailableError

NO_ANSWER = (ServiceUnavailableError, ServiceFailedError)
"""What a call raises that got no answer."""


def first_line(error: BaseException | str) -> str:
    """What an error says, without what follows below it; its kind where it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def trouble_of(rpc: RpcClient, service: str) -> str | None:
    """Why a service does not tell how it is, in a line; ``None`` if it does.

    Args:
        rpc: Waits as long as it is set to.
        service: Name of the service.
    """
    try:
        rpc.call(service, "report_status", {})
    except NO_ANSWER as error:
        return first_line(error)
    return None
