"""The repository's own files, as the architecture tests look at them."""

from __future__ import annotations

import ast
import os
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {
    ".git", ".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache",
    ".tools", ".venv", "__pycache__", "node_modules", "test-results", "vendor",
}  # fmt: skip
"""Folders that git ignores, wherever they are."""
NOT_OURS_AT_THE_TOP = {"backups", "data", "secrets", "var"}


def files(*endings: str) -> list[Path]:
    """Every file of the repository, or those with one of these endings."""
    return [path for path in _all_files() if not endings or path.suffix in endings]


@cache
def _all_files() -> tuple[Path, ...]:
    found = []
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder)
        folders[:] = sorted(set(folders) - NOT_OURS)
        if here == ROOT:
            folders[:] = sorted(set(folders) - NOT_OURS_AT_THE_TOP)
        found += [here / name for name in sorted(names)]
    return tuple(found)


@cache
def tree_of(path: Path) -> ast.Module:
    """A Python file's syntax tree; only to be read."""
    return ast.parse(path.read_text(encoding="utf-8"))


def python_files(*folders: str) -> list[Path]:
    """The Python files below these folders of the repository."""
    return [
        path
        for path in files(".py")
        if not folders or path.relative_to(ROOT).as_posix().startswith(folders)
    ]


def name_of(path: Path) -> str:
    """A file's path in the repository."""
    return path.relative_to(ROOT).as_posix()


def importing(name: str, *folders: str) -> dict[str, list[str]]:
    """Which of the Python files below these folders import a module or what is below it, and what.

    Only files in which the name stands are parsed: that is a twentieth of all.
    """
    found = {}
    for path in python_files(*folders):
        if name in path.read_text(encoding="utf-8"):
            modules = {m for m in imported_by(path) if f"{m}.".startswith(f"{name}.")}
            if modules:
                found[name_of(path)] = sorted(modules)
    return found


def imported_by(path: Path) -> set[str]:
    """The names of all modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
