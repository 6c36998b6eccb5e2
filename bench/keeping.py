"""Where a run's figures go: a whole run's are kept, a quick one's are for a look only."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "bench" / "results"
LOOKED_AT = ROOT / "var" / "bench" / "quick"
"""Not kept by git: a small run's figures must not stand where a whole run's are quoted from."""


def is_quick() -> bool:
    """Whether a small run was asked for (``QUICK=1``); empty and 0 are a whole one."""
    return os.environ.get("QUICK", "").strip() not in {"", "0"}


def place_of(name: str) -> Path:
    """Where a run of this kind and size writes its figures.

    Args:
        name: Of the file, with its ending.
    """
    return (LOOKED_AT if is_quick() else KEPT) / name


def write(result: dict[str, Any], file: Path) -> None:
    """Write the figures and say where they are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    kept = "" if file.parent != LOOKED_AT else ", for a look: the kept figures are as they were"
    print(f"written to {file}{kept}")
