"""Delay from a command to the views inside the embedded platform.

    python -m bench.embedded_delay FOLDER N RATE

Its broker is inside its process, so it is measured there: the platform of a folder that a story
has filled, without its web server.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import eventlet  # noqa: E402

eventlet.monkey_patch(psycopg=False)

from bench.delay import Delay  # noqa: E402
from bench.figures import at_steady_rate, summary  # noqa: E402
from platform_cli.configuration import embedded_environment  # noqa: E402
from platform_cli.embedded import only_process_of  # noqa: E402
from platform_cli.migrating import migrate  # noqa: E402
from platform_cli.one_process import EmbeddedPlatform  # noqa: E402
from shared.kernel import logs  # noqa: E402


def main() -> None:
    """Measure; told as JSON."""
    folder, count, per_second = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    logs.configure(os.environ.get("ORE_LOG_LEVEL") or "WARNING")
    with only_process_of(folder):
        environment = embedded_environment(folder)
        migrate(environment=environment)
        platform = EmbeddedPlatform(environment)
        platform.start()
        delay = Delay(platform.rpc, platform.database)
        delay.warm_up()
        found = at_steady_rate(delay.measure, count, per_second)
        platform.stop()
    print(json.dumps({"command_to_view": summary(found), "rpc_command": summary(delay.answers)}))


if __name__ == "__main__":
    main()
