"""Refusals: what monitoring says no to.

Each class is one rule. Its docstring gives the rule, the way out, and the parameters of the
sentence that people read; ids travel as text, dates in ISO form.
"""

from __future__ import annotations

from shared.kernel.refusal import Refusal


class MonitoringError(Refusal):
    """Base of every refusal of monitoring."""


class MonitoringValueError(MonitoringError):
    """Base of the refusals of a given value; never raised itself."""

    status = 422


# --- rounds -------------------------------------------------------------------------------------


class RoundSlugTakenError(MonitoringError):
    """The readable part of a round's address belongs to one round, for ever.

    Way out: choose another one.
    Field ``slug``. Parameters: ``slug``.
    """


class RoundPeriodError(MonitoringValueError):
    """Answers are due on the round's first day or later.

    Way out: correct one of the two days.
    Field ``due_on``. Parameters: ``opens_on``, ``due_on``.
    """


class NothingToMonitorError(MonitoringError):
    """A round asks about at least one published HDR.

    Way out: wait until the first HDR of the edition is published.
    Parameters: ``edition_id``.
    """


class HdrsNotPublishedError(MonitoringValueError):
    """A round asks only about HDRs of its edition that are published when it opens.

    Way out: leave out the named ones, or publish them first.
    ``fields`` names each: field ``hdr_ids.<n>``, rule ``HDR_NOT_PUBLISHED``, parameter ``hdr_id``.
    """


class DueDateNotLaterError(MonitoringValueError):
    """A round's due date moves to a later day only.

    Way out: give a day after the present one.
    Field ``due_on``. Parameters: ``due_on``, ``previous_due_on``.
    """


class RoundAlreadyClosedError(MonitoringError):
    """A closed round is neither closed again nor given more time.

    Way out: JST that reported can still correct their records; for new answers open a new round.
    Parameters: ``round_id``.
    """


# --- records ------------------------------------------------------------------------------------


class NotInRoundError(MonitoringError):
    """A round asks about the HDRs that were published when it opened, and no others.

    Way out: the HDR will be asked about in the next round.
    Parameters: ``round_id``, ``hdr_id``.
    """

    status = 404


class RoundNotOpenError(MonitoringError):
    """Reports are taken from the round's first day on.

    Way out: come back on that day.
    Parameters: ``opens_on``.
    """


class RoundClosedError(MonitoringError):
    """After a round is closed only those who reported can correct their record.

    Way out: write to the programme's contact, who can open another round.
    Parameters: ``round_name``, ``due_on``.
    """


class IncompleteReportError(MonitoringValueError):
    """A report covers each action and each indicator of the HDR exactly once, with what it needs.

    Way out: complete what is named. ``fields`` names each place with one of the rules
    ``ACTION_MISSING``, ``INDICATOR_MISSING`` (field ``actions`` or ``indicators``);
    ``ACTION_UNKNOWN``, ``ACTION_REPEATED``, ``INDICATOR_UNKNOWN``, ``INDICATOR_REPEATED`` (field
    ``actions.<n>.key``, …); ``REASON_REQUIRED`` (a dropped or postponed action, field
    ``actions.<n>.reason``); ``NEW_DATE_REQUIRED`` (a postponed one, field
    ``actions.<n>.new_date``). Parameter of each: ``key``.
    """
