"""What the ``type`` of a problem document points at: the rule and the way out, in words."""

from __future__ import annotations

from flask import Blueprint, render_template

from services.gateway import problems
from services.gateway.problem_texts import TEXTS
from shared.kernel.refusal import NotFoundError

blueprint = Blueprint("problem_types", __name__, url_prefix="/problems")


@blueprint.get("")
def list_problem_types() -> str:
    """All codes."""
    codes = sorted({key.partition(".")[0] for key in TEXTS})
    return render_template(
        "api/problem_types.html", problems={code: problems.explain(code) for code in codes}
    )


@blueprint.get("/<code>")
def show_problem_type(code: str) -> str:
    """One code, with the variants of its text."""
    keys = [key for key in TEXTS if key.partition(".")[0] == code]
    if not keys:
        raise NotFoundError(what="problem", id=code)
    return render_template(
        "api/problem_type.html", code=code, problems=[problems.explain(key) for key in keys]
    )
