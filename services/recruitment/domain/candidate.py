"""Policies: who a candidate is in a call, and what they may know before its results."""

from __future__ import annotations

from shared.contracts.base import JstRef
from shared.contracts.recruitment import ApplicationAnswer, ApplicationStatus, CallKind

_PUBLISHED = frozenset(
    {ApplicationStatus.QUALIFIED, ApplicationStatus.RESERVE, ApplicationStatus.REJECTED}
)
_INNER = frozenset({ApplicationStatus.CHECKED, ApplicationStatus.DECIDED})


def candidate_key(kind: CallKind, email: str, jst: JstRef | None) -> str:
    """What makes two applications in one call those of the same candidate.

    Args:
        kind: Of the call.
        email: Of the person who sent it.
        jst: The JST that applies, or an expert's employer.

    Returns:
        In a call for JST the id of the JST, whoever sends it and whatever its kind has become;
        in a call for experts the e-mail address without regard to case.
    """
    if kind is CallKind.JST and jst is not None:
        return str(jst.id)
    return email.lower()


def as_candidate_sees(answer: ApplicationAnswer) -> ApplicationAnswer:
    """The application without what is only prepared.

    Args:
        answer: The application as staff see it.

    Returns:
        The same once its result is published. Before that, and after a withdrawal, nothing tells
        whether it was checked or decided, not even its version: it is received, or withdrawn.

    Source:
        Domain rule DR-01: the confirmation says received, never qualified.
    """
    if answer.status in _PUBLISHED:
        return answer
    return answer.model_copy(
        update={
            "status": ApplicationStatus.RECEIVED if answer.status in _INNER else answer.status,
            "check_passed": None,
            "check_remarks": "",
            "prepared_decision": None,
            "decision_reason": "",
            "reserve_rank": None,
            "version": 1,
        }
    )
