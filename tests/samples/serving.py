"""A sample service's process; its settings are the first argument, as JSON."""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
import eventlet  # noqa: E402

eventlet.monkey_patch(psycopg=False)
from psycogreen.eventlet import patch_psycopg  # noqa: E402

patch_psycopg()

import json  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402

from shared.kernel.nameko_host import build_container  # noqa: E402
from shared.kernel.settings import ServiceSettings  # noqa: E402
from tests.samples.services import LedgerService, MirrorService  # noqa: E402


def main() -> None:
    given = json.loads(sys.argv[1])
    service = {"ledger": LedgerService, "mirror": MirrorService}[given["service"]]
    container = build_container(
        service, ServiceSettings(given["database"], given["broker"], heal_seconds=1.0)
    )
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(container.stop))
    container.start()
    container.wait()


if __name__ == "__main__":
    main()
