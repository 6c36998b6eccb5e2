"""What an application asks beside the person and the JST: the questions of each kind of call.

A call cannot name questions of its own yet; each stored answer is kept under its question's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as lazy
from flask_babel.speaklater import LazyString

from shared.contracts.recruitment import CallKind

LONGEST_ANSWER = 3000


@dataclass(frozen=True)
class Question:
    """One question of the form; ``key`` names the answer in the stored application."""

    key: str
    text: LazyString
    hint: LazyString
    missing: LazyString
    """What to do when it was left empty; an optional one is never missing."""
    is_required: bool = True

    @property
    def field(self) -> str:
        """The form's field."""
        return f"answers.{self.key}"


_AVAILABILITY = Question(
    "availability",
    lazy("When are you available for the training and for work in a team? (optional)"),
    lazy("For example days of the week, or months in which you cannot travel."),
    lazy("Say when you are available"),
    is_required=False,
)

_EXPERT_QUESTIONS = (
    Question(
        "experience",
        lazy("What is your experience?"),
        lazy("Your work, in what you advised or trained others, and how long."),
        lazy("Describe your experience"),
    ),
    Question(
        "motivation",
        lazy("Why do you want to become an expert of the programme?"),
        lazy("What you would bring to the JST, and what you would like to learn."),
        lazy("Say why you want to become an expert"),
    ),
    _AVAILABILITY,
)

_JST_QUESTIONS = (
    Question(
        "needs",
        lazy("What in running your schools is most difficult today?"),
        lazy("Describe the situation; you will choose the area of support with the advisers."),
        lazy("Describe what is most difficult"),
    ),
    Question(
        "expectations",
        lazy("What do you expect of the advisory cycle?"),
        lazy("What should be different when it is over."),
        lazy("Say what you expect of the advisory cycle"),
    ),
    Question(
        "team",
        lazy("Whom will you delegate to the JST team?"),
        lazy("Posts and number of people, no names: for example head of the education unit."),
        lazy("Say whom you will delegate"),
    ),
)

QUESTIONS: Mapping[CallKind, tuple[Question, ...]] = {
    CallKind.PRO: _EXPERT_QUESTIONS,
    CallKind.ROS: _EXPERT_QUESTIONS,
    CallKind.JST: _JST_QUESTIONS,
}


def question_text(key: str) -> str:
    """A stored answer's question; its key where the question is no longer asked."""
    known = (question for questions in QUESTIONS.values() for question in questions)
    return next((str(question.text) for question in known if question.key == key), key)
