"""Rebuilds a view and kills itself after so many batches: ``URL VIEW BATCHES``."""

import os
import signal
import sys

from services.gateway import rebuilding
from shared.kernel.database import Database

url, view, batches = sys.argv[1], sys.argv[2], int(sys.argv[3])
rebuilding.BATCH = 3
calls = 0


def progress(_done, _total):
    global calls  # noqa: PLW0603 -- a script
    calls += 1
    if calls == batches:
        os.kill(os.getpid(), signal.SIGKILL)


rebuilding.rebuild(Database(url), view, actor="test", progress=progress)
