"""Property tests draw the same examples in every run: a failure is a defect, never luck.

``HYPOTHESIS_PROFILE=search`` draws new ones, to look for more.
"""

import gc
import os

import structlog
from hypothesis import settings

from tests import servers

# A busy machine is no failure: no deadline for a single example.
settings.register_profile("ore", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("search", deadline=None, max_examples=1000)
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
