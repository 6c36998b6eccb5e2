"""Whether a service's process answers."""

from __future__ import annotations

from shared.kernel.rpc import RpcClient, ServiceFailedError, ServiceUnavailableError


def trouble_of(rpc: RpcClient, service: str) -> str | None:
    """Why a service does not tell how it is, in a line; ``None`` if it does.

    Args:
        rpc: Waits as long as it is set to.
        service: Name of the service.
    """
    try:
        rpc.call(service, "report_status", {})
    except (ServiceUnavailableError, ServiceFailedError) as error:
        return str(error).splitlines()[0]
    return None
