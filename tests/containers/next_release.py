"""The release after this one, for tests: one event in a new form, a column and a contract grown.

What a maintainer would do by the recipes in CONTRIBUTING.md, as replacements in a copy of this
checkout: `recruitment.ApplicationSubmitted` tells by which way an application came in.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

VERSION = "next"
WAY = "form"
"""What the next release records of each application."""
MIGRATION = "services/recruitment/migrations/versions/9999_channel.py"
_RECEIVED = "        privacy_notice_version: str\n        is_late_admission: bool\n"
_UPCAST = '''        channel: str
        class_version = 2

        @staticmethod
        def upcast_v1_v2(state: dict) -> None:
            """Nobody asked at the time."""
            state["channel"] = "unknown"

'''
EDITS = {
    "services/recruitment/domain/application_form.py": (
        (_RECEIVED, _RECEIVED + _UPCAST),
        (
            "            is_late_admission=admission.is_late,\n",
            f'            is_late_admission=admission.is_late,\n            channel="{WAY}",\n',
        ),
        (
            "        is_late_admission: bool,\n    ) -> None:\n",
            "        is_late_admission: bool,\n        channel: str,\n    ) -> None:\n",
        ),
    ),
    "services/recruitment/publications.py": (
        (
            "        is_late_admission=event.is_late_admission,\n",
            "        is_late_admission=event.is_late_admission,\n        channel=event.channel,\n",
        ),
    ),
    "shared/contracts/recruitment.py": (
        (
            "    is_late_admission: bool = False\n",
            "    is_late_admission: bool = False\n    channel: str | None = None\n",
        ),
    ),
    "services/recruitment/projections/applications.py": (
        (
            '    Column("check_passed", Boolean),\n',
            '    Column("channel", Text),\n    Column("check_passed", Boolean),\n',
        ),
        (
            '            "check_passed": None,\n',
            '            "channel": event.channel,\n            "check_passed": None,\n',
        ),
    ),
}


def copy_to(folder: Path, checkout: Path) -> None:
    """Write the next release's checkout.

    Args:
        folder: A new one.
        checkout: This release's; its uncommitted changes are taken along.
    """
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(asked, cwd=checkout, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (checkout / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout / name, folder / name)
    for name, replacements in EDITS.items():
        text = (folder / name).read_text()
        for old, new in replacements:
            if text.count(old) != 1:
                raise ValueError(f"{name} holds {text.count(old)} times what is to be replaced")
            text = text.replace(old, new)
        (folder / name).write_text(text)
    (folder / MIGRATION).write_text(_migration((folder / MIGRATION).parent))


def _migration(versions: Path) -> str:
    last = max(path.name for path in versions.glob("[0-9]*.py"))[:4]
    return f'''"""By which way an application came in: a column that is new."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{last}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("applications", sa.Column("channel", sa.Text(), nullable=True))
'''
