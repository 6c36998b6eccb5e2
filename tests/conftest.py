"""What every test run begins with; ``HYPOTHESIS_PROFILE`` chooses among `by_chance`'s profiles."""

import gc
import os

import structlog
from hypothesis import settings

from tests import servers
from tests.by_chance import register_profiles

register_profiles()
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ore"))

# pg_dump must not be older than the server, which may be a container's.
os.environ["PATH"] = os.pathsep.join([*servers.programs(), os.environ["PATH"]])

# An error that a test provokes is logged with its traceback; the coloured form takes a second.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


def pytest_collection_finish():
    """Four thousand tests and all modules stay: to look for garbage in them is a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
