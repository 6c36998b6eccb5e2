"""The programme from its first step to its last, through the REST API only.

``Story(address, database_url).run()``, then ``checking.check(story)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from tests.story.reporting import Reporting


class Story(Reporting):
    """All steps, in order."""

    STEPS: ClassVar[tuple[str, ...]] = (
        "sign_in",
        "create_edition",
        "import_register",
        "open_calls",
        "apply",
        "assess",
        "publish_results",
        "train",
        "form_teams",
        "find_cycles",
        "assign_teams",
        "open_accounts",
        "choose_areas",
        "diagnose",
        "log_activities",
        "write_hdrs",
        "import_later_state",
        "edit_and_publish",
        "set_directions",
        "monitor",
        "summarise",
        "take_one_down",
    )

    def run(self, before_step: Callable[[str], None] = lambda _: None) -> None:
        """Go through all steps.

        Args:
            before_step: Told each step's name when it begins.
        """
        for step in self.STEPS:
            before_step(step)
            getattr(self, step)()
