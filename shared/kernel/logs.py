"""One line of structured log for each thing that happened; never a person's data."""

from __future__ import annotations

import logging
import os
import sys

import structlog


def configure(level: str | None = None) -> None:
    """Readable lines in a terminal, JSON elsewhere; ``ORE_LOG_LEVEL`` sets the least level.

    Raises:
        ValueError: The level is no name of a level.
    """
    name = (level or os.environ.get("ORE_LOG_LEVEL") or "INFO").upper()
    number = logging.getLevelNamesMapping().get(name)
    if number is None:
        raise ValueError(f"ORE_LOG_LEVEL must be a level such as INFO, not {name!r}.")
    is_terminal = sys.stderr.isatty()
    renderer = (
        # Plain tracebacks: the pretty ones show local variables, and so perhaps a person's data.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if is_terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            *([] if is_terminal else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # A line and its end in one write: the gateway's processes share one log.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
