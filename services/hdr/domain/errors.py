"""Refusals: what hdr says no to, each with its rule and the way out.

Documents are refused as a whole, with every place named: ``fields`` holds one entry for each
finding: ``field`` (the address, e.g. ``actions[2].ends_on``), ``rule``, ``message`` (English),
``label`` (``pl``, ``en``) and ``parameters``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from shared.contracts.hdr import Finding
from shared.kernel.refusal import Parameter, Refusal


class HdrServiceError(Refusal):
    """Base of every refusal of this service."""


class UnknownTemplateError(HdrServiceError):
    """There is no template of this ``kind`` in this ``template_version``.

    Way out: ask for one that exists; a kind is ``HDR`` or the code of a summary form.
    """

    status = 404


class NotEditableError(HdrServiceError):
    """The document (``what``, ``id``) cannot be changed in its ``state``.

    An HDR is written in DRAFT by its authors and changed in SUBSTANTIVE_EDITING and
    LANGUAGE_PROOFREADING by editors; a summary in DRAFT and SUBMITTED. Way out: have it returned
    to its authors with a reason, or wait until editing starts; what was typed must be kept aside.
    """


class WrongStateError(HdrServiceError):
    """This step of ``what`` (``id``) cannot be taken in its ``state``: it starts in ``needed``.

    ``needed`` lists states, separated by commas. Way out: take the step that leads there first;
    if somebody else took this one meanwhile, there is nothing left to do.
    """


class _DocumentError(HdrServiceError):
    """A document breaks its template; ``fields`` names every place."""

    status = 422

    @classmethod
    def about(cls, findings: Sequence[Finding], **parameters: Parameter) -> Self:
        """The refusal that names all of these findings."""
        fields: list[dict[str, Any]] = [
            {
                "field": finding.element,
                "rule": finding.rule,
                "message": f"{finding.label.en}: {finding.rule}",
                "label": finding.label.model_dump(),
                "parameters": finding.parameters,
            }
            for finding in findings
        ]
        return cls(field="document", fields=fields, count=len(fields), **parameters)


class IncompleteHdrError(_DocumentError):
    """The HDR is not complete: ``count`` required elements are missing or break a rule.

    Submission and both editing steps need a complete document (DR-43). Way out: fill in or mend
    what ``fields`` names, save, and try again; the draft is kept as it is.
    """


class IncompleteSummaryError(_DocumentError):
    """The summary is not complete: ``count`` required elements are missing or break a rule.

    Submission and approval need a complete document. Way out: fill in or mend what ``fields``
    names, save, and try again; the draft is kept as it is.
    """


class UnkeepableDocumentError(_DocumentError):
    """The document cannot be kept even as a draft: it has another shape than its template.

    Rules in ``fields``: UNKNOWN_ELEMENT, TYPE, MAXIMUM_ROWS, UNSTORABLE_TEXT, TOO_LARGE (1 MB).
    Way out: mend the named places; what is only missing or unfinished does not matter in a draft.
    """


class HdrNotPublishedError(HdrServiceError):
    """A summary is about a published HDR, and this one (``hdr_id``) is in ``state``.

    Way out: publish the HDR first; for a withdrawn one there is no summary.
    """


class SummaryFormNotOfferedError(HdrServiceError):
    """The edition does not offer this ``form`` of summary; it offers ``offered`` (by commas).

    Way out: choose one of these.
    """

    status = 422
