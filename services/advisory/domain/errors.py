"""Refusals: what advisory says no to.

Each class is one rule. Its docstring gives the rule, the way out, and the parameters of the
sentence that people read; ids travel as text, dates in ISO form.
"""

from __future__ import annotations

from shared.kernel.refusal import Refusal


class AdvisoryError(Refusal):
    """Base of every refusal of advisory."""


class AdvisoryValueError(AdvisoryError):
    """Base of the refusals of a given value; never raised itself."""

    status = 422


# --- teams --------------------------------------------------------------------------------------


class RegionNotInEditionError(AdvisoryValueError):
    """A team works in a voivodeship of its edition.

    Way out: choose one of the edition's voivodeships, or reconfigure the edition.
    Field ``voivodeship``. Parameters: ``voivodeship`` (TERYT code).
    """


class NotInRosterError(AdvisoryValueError):
    """A team member is an expert of the roster.

    Way out: choose somebody from the roster; an expert enters it by completing a training.
    Field: the slot that was filled. Parameters: ``expert_id``.
    """


class ExpertLeftRosterError(AdvisoryValueError):
    """An expert who left the roster cannot take a place in a team.

    Way out: choose an expert who is still available.
    Field: the slot that was filled. Parameters: ``expert_id``.
    """


class TeamCompositionError(AdvisoryValueError):
    """A team is exactly one ROS and one PRO expert, so each slot takes an expert of its role.

    Way out: choose an expert of the slot's role.
    Source: DR-20.
    Field: the slot that was filled. Parameters: ``role`` (of the slot: ``ROS`` or ``PRO``),
    ``expert_id``, ``expert_role``.
    """


class ExpertOutsideRegionError(AdvisoryValueError):
    """Every member of a team works in the team's voivodeship.

    Way out: choose an expert of that voivodeship.
    Field: the slot that was filled. Parameters: ``expert_id``, ``voivodeship`` (the team's),
    ``expert_voivodeship``.
    """


class ConflictOfInterestError(AdvisoryValueError):
    """No member of a team works for a JST that the team advises.

    Way out: choose another team, or another expert.
    Source: DR-23.
    Field: ``team_id`` or ``expert_id``. Parameters: ``expert_id``, ``jst_code``, ``jst_name``.
    """


class TeamDissolvedError(AdvisoryError):
    """A dissolved team cannot be changed and cannot be given a JST.

    Way out: choose, or form, another team.
    Field ``team_id`` when a team is assigned. Parameters: ``team_id``.
    """


class TeamStillAdvisingError(AdvisoryError):
    """A team that advises an open cycle cannot be dissolved.

    Way out: assign another team to those cycles first, or wait until they are completed.
    Parameters: ``team_id``, ``cycles`` (how many open cycles it advises).
    """


# --- assigning a team to a cycle ----------------------------------------------------------------


class TeamOfOtherEditionError(AdvisoryValueError):
    """A JST is advised by a team of its own edition.

    Way out: choose a team of the cycle's edition.
    Field ``team_id``. Parameters: ``team_id``.
    """


class TeamOutsideRegionError(AdvisoryValueError):
    """A team advises JST of its own voivodeship.

    Way out: choose a team of the JST's voivodeship.
    Field ``team_id``. Parameters: ``team_id``, ``voivodeship`` (the team's),
    ``jst_voivodeship``.
    """


class ReplacementReasonMissingError(AdvisoryValueError):
    """Another team in the place of the assigned one needs a reason.

    Way out: say why.
    Source: DR-25.
    Field ``reason``. Parameters: ``previous_team_id``.
    """


class CycleCompletedError(AdvisoryError):
    """A completed cycle gets no other team.

    Way out: none; the advice is over.
    Parameters: ``cycle_id``.
    """


# --- the stages of a cycle ----------------------------------------------------------------------


class StageNotReachedError(AdvisoryError):
    """Work on a stage waits until the stages before it are completed.

    Way out: complete the current stage first.
    Source: DR-30.
    Parameters: ``current`` and ``needed`` (codes of stages).
    """


class StageAlreadyCompletedError(AdvisoryError):
    """A completed stage is not completed again.

    Way out: none needed; go on with the current stage.
    Field ``stage``. Parameters: ``stage``, ``current`` (``None`` when all are completed).
    """


class UnknownStageError(AdvisoryValueError):
    """A stage is one of the stages that the edition had when the cycle was opened.

    Way out: choose one of the cycle's stages.
    Field ``stage``. Parameters: ``stage``.
    """


class StageHasOwnCommandError(AdvisoryValueError):
    """A stage with work of its own is completed by that work, not by saying so.

    Way out: ``AREA_CHOICE``: choose the area; ``DIAGNOSIS``: close the diagnosis; ``HDR``: submit
    the HDR; ``DIRECTIONS``: set the directions.
    Field ``stage``. Parameters: ``stage``.
    """


class UnknownAreaError(AdvisoryValueError):
    """A support area is one of the edition's areas.

    Way out: choose one of them.
    Field: ``area_code`` or ``other_candidate_areas.<n>``. Parameters: ``area_code``.
    """


class AreaSettledError(AdvisoryError):
    """The support area cannot change once the diagnosis is closed.

    Way out: none; the HDR is written for the area that the diagnosis settled.
    Source: DR-32.
    Parameters: ``area_code`` (the settled one).
    """


class DiagnosisClosedError(AdvisoryError):
    """A closed diagnosis cannot be changed or closed again.

    Way out: none needed; what was found out later belongs in the HDR.
    Parameters: ``cycle_id``.
    """


class DiagnosisMissingError(AdvisoryError):
    """A diagnosis is recorded before it is closed.

    Way out: record the diagnosis and the priorities first.
    Parameters: ``cycle_id``.
    """


class AreaMissingError(AdvisoryError):
    """A support area is chosen before the diagnosis is closed.

    Way out: choose the area first.
    Parameters: ``cycle_id``.
    """


class TeamMissingError(AdvisoryError):
    """The diagnosis is closed, and support is logged, only where a team is assigned.

    Way out: assign a team first.
    Parameters: ``cycle_id``.
    """


class DirectionsSettledError(AdvisoryError):
    """The directions of implementation are set once.

    Way out: none; they are part of the completed stage.
    Parameters: ``cycle_id``.
    """


# --- activities ---------------------------------------------------------------------------------


class ActivityInFutureError(AdvisoryValueError):
    """Support is logged after it was given.

    Way out: log it on the day or later.
    Field ``held_on``. Parameters: ``held_on``, ``today``.
    """


class ActivityBeforeEditionError(AdvisoryValueError):
    """Support is given within the edition, so not before its first day.

    Way out: correct the day.
    Field ``held_on``. Parameters: ``held_on``, ``starts_on`` (the edition's).
    """
