"""The forms in which events were published: frozen copies of their schemas.

``published/<service>/<Event>.v<N>.json`` is what was published first. Where a later release added
an optional field, the form with it stands beside it as ``<Event>.v<N>+<M>.json`` (M = 1, 2, …), so
that nothing ever published can be taken back. A copy is written once and never edited:

    python -m tests.contract.published_forms
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.contract.compatibility import SAYS_NOTHING, incompatibilities

ROOT = Path(__file__).resolve().parents[2]
CURRENT = ROOT / "shared" / "contracts" / "schemas"
PUBLISHED = Path(__file__).parent / "published"


def current_forms() -> dict[str, dict[str, Any]]:
    """The schemas as they are now, by ``<service>/<Event>.v<N>``."""
    return {_key(path, CURRENT): _read(path) for path in sorted(CURRENT.glob("*/*.json"))}


def published_forms(key: str) -> list[dict[str, Any]]:
    """Every form in which this version of an event was published, the first one first."""
    first = PUBLISHED / f"{key}.json"
    if not first.is_file():
        return []
    later = sorted(
        first.parent.glob(f"{first.stem}+*.json"), key=lambda path: int(path.stem.rsplit("+")[-1])
    )
    return [_read(path) for path in (first, *later)]


def published_keys() -> set[str]:
    """Every version of an event that was ever published."""
    return {_key(path, PUBLISHED).split("+")[0] for path in PUBLISHED.rglob("*.json")}


def is_same(one: Any, other: Any) -> bool:
    """Whether two schemas say the same, but for words to people."""
    return bool(_bare(one) == _bare(other))


def publish() -> list[str]:
    """Freeze every form that is not frozen yet.

    Returns:
        What was frozen.

    Raises:
        ValueError: A form breaks what was published before: it needs a new version.
    """
    written = []
    for key, form in current_forms().items():
        before = published_forms(key)
        breaks = [line for earlier in before for line in incompatibilities(earlier, form)]
        if breaks:
            raise ValueError(f"{key} breaks what was published: {'; '.join(breaks)}")
        if before and is_same(before[-1], form):
            continue
        path = PUBLISHED / f"{key}{f'+{len(before)}' if before else ''}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:  # never over an earlier one
            file.write(json.dumps(form, indent=2, ensure_ascii=False) + "\n")
        written.append(str(path.relative_to(ROOT)))
    return written


def _key(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)).removesuffix(".json")


def _read(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def _bare(node: Any, *, is_map_of_names: bool = False) -> Any:
    if isinstance(node, dict):
        return {
            name: _bare(value, is_map_of_names=name in {"properties", "$defs"})
            for name, value in node.items()
            if is_map_of_names or name == "$defs" or name not in SAYS_NOTHING
        }
    if isinstance(node, list):
        entries = [_bare(entry) for entry in node]
        return sorted(entries) if all(isinstance(entry, str) for entry in entries) else entries
    return node


if __name__ == "__main__":
    sys.stdout.writelines(f"{name}\n" for name in publish())
