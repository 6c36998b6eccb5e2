"""Refusals: what recruitment's rules say no to. Each docstring is the rule and the way out.

Parameters are named in the docstrings; none of them is personal data.
"""

from __future__ import annotations

from typing import ClassVar

from shared.kernel.refusal import InvalidRequestError, Refusal


class RecruitmentError(Refusal):
    """Base of every refusal of this service: the thing is not in a state that allows it."""


class RecruitmentValueError(RecruitmentError):
    """Base of the refusals in which a given value breaks a rule."""

    status: ClassVar[int] = 422


# --- editions -----------------------------------------------------------------------------------


class SlugTakenError(RecruitmentError):
    """An address belongs to one edition or call for ever: choose another ``slug``."""


class SlugFixedError(RecruitmentValueError):
    """An edition keeps its address: leave the slug as it was, ``slug``."""


class DuplicateCodeError(RecruitmentValueError):
    """A code or number may stand only once in its list: remove or change one ``code``."""


class PeriodOrderError(RecruitmentValueError):
    """A period ends on its first day or later: correct ``starts_on`` or ``ends_on``."""


class TeamSizeOrderError(RecruitmentValueError):
    """The smallest team is not bigger than the biggest: correct ``minimum`` or ``maximum``."""


class RoleLabelMissingError(RecruitmentValueError):
    """An edition names both roles of experts: give the label of ``role``."""


# --- register of JST ----------------------------------------------------------------------------


class RegisterFileInvalidError(RecruitmentError, InvalidRequestError):
    """The file is not a sound TERC register, so nothing of it was taken over.

    ``fields`` holds up to 20 entries with the parameters ``row`` (1 is the header), ``column``,
    ``value`` and ``problem``. Download the official file again and do not open it in a
    spreadsheet, which drops leading zeros.
    """

    status: ClassVar[int] = 422


class RegisterStateOlderError(RecruitmentError):
    """The register only moves forward: ``state_on`` is before ``imported_state_on``, held already.

    Take a file of that day or a later one.
    """


class JstUnknownError(RecruitmentValueError):
    """No JST has the code ``jst_code``: choose one from the list."""


class JstClosedError(RecruitmentValueError):
    """The JST ``jst_code`` was abolished by ``closed_on``: choose the one that followed it."""


# --- calls --------------------------------------------------------------------------------------


class CallDatesOrderError(RecruitmentValueError):
    """A call opens, then closes, then has its results, the same day at the earliest.

    Correct ``opens_on``, ``closes_on`` or ``results_by``.
    """


class CallNotDraftError(RecruitmentError):
    """Only a draft can be changed and published; the call is ``state``. Prepare another call."""


class CallNotPublishedError(RecruitmentError):
    """Only a published call can be changed this way; the call is ``state``."""


class CallEndedError(RecruitmentError):
    """A call that is ``state`` can no longer be called off."""


class DeadlineNotLaterError(RecruitmentValueError):
    """A deadline only moves to a later day than ``closes_on``: nobody may lose time."""


class DeadlineAfterResultsError(RecruitmentValueError):
    """The deadline cannot be after ``results_by``, the day promised for the results.

    Choose that day or an earlier one.
    """


class CallNotOpenError(RecruitmentError):
    """The call takes applications from ``opens_on`` to ``closes_on``, both days included.

    ``rule`` says which part of that fails: ``NOT_PUBLISHED``, ``NOT_YET_OPEN``,
    ``DEADLINE_PASSED``, ``CLOSED`` or ``CANCELLED``. After the deadline the programme's staff can
    admit an application with a reason.
    """


class CallStillOpenError(RecruitmentError):
    """Results follow after the call: it takes applications up to and with ``closes_on``.

    Wait for the next day, or close the call.
    """


class UndecidedApplicationsError(RecruitmentError):
    """Results are complete or not at all: decide the ``count`` applications still open."""


class ReserveRankRepeatedError(RecruitmentError):
    """Two applications cannot share a place on the reserve list: change one with ``rank``."""


class PlacesExceededError(RecruitmentError):
    """The call offers ``places`` places but ``qualified`` applications are qualified.

    Move some to the reserve list.
    """


class ResultsAlreadyPublishedError(RecruitmentError):
    """The call's results were published on ``published_on``, and that is done once."""


# --- applications -------------------------------------------------------------------------------


class PrivacyNoticeChangedError(RecruitmentValueError):
    """The privacy notice in force is ``version``: show that one and let it be read again."""


class VoivodeshipMissingError(RecruitmentValueError):
    """An expert says in which voivodeship they want to work."""


class JstMissingError(RecruitmentValueError):
    """In a call for JST an application names the JST that applies."""


class OutsideEditionError(RecruitmentValueError):
    """The call is for other voivodeships than ``voivodeship``: choose one of the call's."""


class OneOpenApplicationError(RecruitmentError):
    """A candidate has one open application in a call; one was received on ``received_on``.

    Withdraw that one first, then apply again.
    """


class ApplicationWithdrawnError(RecruitmentError):
    """The application was withdrawn, so nothing more happens to it; the candidate may reapply."""


class WithdrawTooLateError(RecruitmentError):
    """The results are published: to step back now, write to the contact of call ``call_id``."""


class NotCheckedError(RecruitmentError):
    """The formal check comes before the decision: record it first."""


class OnlyRejectionPossibleError(RecruitmentError):
    """An application that failed the formal check can only be rejected: reject it or recheck."""


class ReserveRankMissingError(RecruitmentValueError):
    """A place on the reserve list has a rank: give it, from 1."""


class ReserveRankNotAllowedError(RecruitmentValueError):
    """Only the reserve list has ranks: leave it out for ``decision``."""


class NotOnReserveListError(RecruitmentError):
    """Only who stands on the published reserve list can move up; this one is ``state``."""


class ApplicantNeededError(RecruitmentError):
    """Who applied is still needed, so it cannot be erased yet (article 17(3)(b) RODO).

    ``need`` says for what: ``DECISION`` (withdraw the application, or wait for the results),
    ``TRAINING`` (wait for the end of the training) or ``ROSTER`` (take the expert off it first).
    """


class ApplicantErasedError(RecruitmentError):
    """Nobody can be reached about the application any more: its personal data were erased."""


# --- training and roster ------------------------------------------------------------------------


class SessionRepeatedError(RecruitmentValueError):
    """Each session of a training has its own key: change one ``session_key``."""


class NotQualifiedError(RecruitmentError):
    """A training of ``role`` is for candidates whom published results qualified for that role.

    This application is ``state``, or from a call of another kind.
    """


class AlreadyEnrolledError(RecruitmentError):
    """The candidate has a place in this training already."""


class TrainingFullError(RecruitmentError):
    """All ``capacity`` places of the training are taken: plan another one."""


class TrainingCompletedError(RecruitmentError):
    """The training has ended, so nobody and nothing can be added."""


class SessionUnknownError(RecruitmentValueError):
    """The training has no session ``session_key``: choose one of its sessions."""


class NotEnrolledError(RecruitmentValueError):
    """Only enrolled candidates attend; ``application_id`` is not enrolled: enrol it first."""


class AttendanceMissingError(RecruitmentError):
    """A training ends when attendance is known: record it for ``session_keys``."""


class ExpertLeftError(RecruitmentError):
    """The expert has left the roster already."""
