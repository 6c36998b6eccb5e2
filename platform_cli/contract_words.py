"""What the contracts' source says beside the models: docstrings of fields, and of kinds of text.

pydantic knows the docstring of a class, not those of its fields, nor those of names such as
``ShortText``; here they are read from the source.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any

from platform_cli.registry import SERVICES
from shared.contracts import base
from shared.contracts.base import ContractEvent


@dataclass(frozen=True)
class Words:
    """What the source says of one field."""

    annotation: str
    """Its type as written."""
    meaning: str
    """Its docstring in one line; empty without one."""


def contract_modules() -> dict[str, ModuleType]:
    """The contracts' modules by their owner."""
    return {name: importlib.import_module(f"shared.contracts.{name}") for name in SERVICES}


def contract_events() -> dict[str, tuple[type[ContractEvent], ...]]:
    """Every contract event, by owner, in the order of the source."""
    return {name: module.EVENTS for name, module in contract_modules().items()}


def in_one_line(text: str | None) -> str:
    """A docstring as one line, in the words of JSON; code in single backticks."""
    return " ".join((text or "").split()).replace("``", "`").replace("`None`", "`null`")


def words_of(model: type[Any]) -> dict[str, Words]:
    """What the source says of a model's fields, those of its bases included."""
    found: dict[str, Words] = {}
    for cls in reversed(model.__mro__):
        found |= _classes_of(cls.__module__).get(cls.__qualname__, {})
    return found


@cache
def aliases() -> dict[str, str]:
    """The names for kinds of text and documents, each with its docstring."""
    found: dict[str, str] = {}
    for module in (base, *contract_modules().values()):
        found |= _documented(_tree(module.__name__).body)
    return found


def alias_of(annotation: str) -> tuple[str, bool]:
    """The docstring of the kind of text that an annotation names.

    Returns:
        The docstring, empty if it names none, and whether it is a list of such texts.
    """
    one = re.fullmatch(r"(\w+)(?: \| None)?", annotation)
    several = re.fullmatch(r"tuple\[(\w+), \.\.\.\](?: \| None)?", annotation)
    match = one or several
    return (aliases().get(match[1], "") if match else ""), several is not None


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


@cache
def _classes_of(module: str) -> dict[str, dict[str, Words]]:
    if not module.startswith("shared.contracts."):
        return {}
    return {
        node.name: _fields_of(node) for node in _tree(module).body if isinstance(node, ast.ClassDef)
    }


def _fields_of(node: ast.ClassDef) -> dict[str, Words]:
    documented = _documented(node.body)
    return {
        statement.target.id: Words(
            ast.unparse(statement.annotation), documented.get(statement.target.id, "")
        )
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }


def _documented(body: list[ast.stmt]) -> dict[str, str]:
    """Names that are followed by a docstring."""
    found = {}
    for statement, follower in pairwise(body):
        is_text = isinstance(follower, ast.Expr) and isinstance(follower.value, ast.Constant)
        if not is_text:
            continue
        if isinstance(statement, ast.AnnAssign):
            targets: list[ast.expr] = [statement.target]
        else:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Name):
                found[target.id] = in_one_line(str(follower.value.value))  # type: ignore[attr-defined]
    return found
