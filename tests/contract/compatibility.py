"""Whether readers and writers of two forms of an event's schema understand each other, both ways.

FULL compatibility, as a published event needs it: who knows the earlier form reads what is written
by the later one, and the other way round. Objects are open, so a later form may add optional fields
and nothing else. The checker knows the keywords that our schemas use; one it does not know is an
incompatibility by itself, never silently accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

SAYS_NOTHING = frozenset({"$schema", "$id", "$defs", "title", "description", "examples"})
"""Keywords for people, and places of definitions."""
MUST_STAY = frozenset({
    "type", "format", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties", "const", "default", "required",
})  # fmt: skip
"""Narrower breaks readers of the earlier form's data, wider breaks readers of the earlier form."""
HOLD_A_SCHEMA = ("items", "additionalProperties", "propertyNames")
UNDERSTOOD = SAYS_NOTHING | MUST_STAY | {*HOLD_A_SCHEMA, "properties", "enum", "anyOf", "$ref"}


def incompatibilities(earlier: Schema, later: Schema) -> list[str]:
    """What a later form of a schema breaks for those who know the earlier one.

    Args:
        earlier: A form that was published.
        later: The form that would be published now.

    Returns:
        One line for each break, with its place; empty when they understand each other both ways.
    """
    return list(_Comparison(earlier, later).compare(earlier, later, "event"))


class _Comparison:
    """Walks two schemas side by side; references lead into the document they stand in."""

    def __init__(self, earlier: Schema, later: Schema) -> None:
        self.documents = (earlier, later)
        self.visited: set[tuple[str, str]] = set()

    def compare(self, earlier: Schema, later: Schema, place: str) -> Iterator[str]:
        references = (earlier.get("$ref"), later.get("$ref"))
        if all(references):
            if references in self.visited:
                return
            self.visited.add(references)
        earlier, later = self._resolved(earlier, 0), self._resolved(later, 1)
        for schema in (earlier, later):
            for keyword in sorted(schema.keys() - UNDERSTOOD):
                yield f"{place}: the checker does not know the keyword {keyword}"
        yield from self._compare_rules(earlier, later, place)
        yield from self._compare_enum(earlier, later, place)
        yield from self._compare_properties(earlier, later, place)
        yield from self._compare_alternatives(earlier, later, place)
        for keyword in HOLD_A_SCHEMA:
            yield from self._compare_inner(earlier, later, keyword, place)

    def _resolved(self, schema: Schema, side: int) -> Schema:
        """The schema that a reference leads to, with what stands beside the reference."""
        while "$ref" in schema:
            beside = {k: v for k, v in schema.items() if k != "$ref"}
            node: Any = self.documents[side]
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            schema = {**node, **beside}
        return schema

    def _compare_rules(self, earlier: Schema, later: Schema, place: str) -> Iterator[str]:
        known = set(earlier.get("properties", ()))
        for keyword in sorted(MUST_STAY):
            before, now = earlier.get(keyword), later.get(keyword)
            if keyword == "required":
                for name in sorted(set(before or ()) - set(now or ())):
                    if name in later.get("properties", ()):
                        yield f"{place}.{name}: was required, now optional"
                for name in sorted(set(now or ()) - set(before or ())):
                    what = "was optional, now required" if name in known else "new and required"
                    yield f"{place}.{name}: {what}"
            elif (keyword in earlier) != (keyword in later) or before != now:
                yield f"{place}: {keyword} was {before!r}, now {now!r}"

    def _compare_enum(self, earlier: Schema, later: Schema, place: str) -> Iterator[str]:
        if ("enum" in earlier) != ("enum" in later):
            yield f"{place}: is a closed list of values in one form only"
            return
        before, now = earlier.get("enum", []), later.get("enum", [])
        for value in before:
            if value not in now:
                yield f"{place}: the value {value!r} is gone"
        for value in now:
            if value not in before:
                yield f"{place}: the value {value!r} is new"

    def _compare_properties(self, earlier: Schema, later: Schema, place: str) -> Iterator[str]:
        now = later.get("properties", {})
        for name, shape in earlier.get("properties", {}).items():
            if name in now:
                yield from self.compare(shape, now[name], f"{place}.{name}")
            else:
                yield f"{place}.{name}: is gone"

    def _compare_alternatives(self, earlier: Schema, later: Schema, place: str) -> Iterator[str]:
        before, now = earlier.get("anyOf", []), later.get("anyOf", [])
        if len(before) != len(now):
            yield f"{place}: has {len(now)} alternatives, had {len(before)}"
            return
        for number, (one, other) in enumerate(zip(before, now, strict=True), start=1):
            yield from self.compare(one, other, f"{place}(alternative {number})")

    def _compare_inner(
        self, earlier: Schema, later: Schema, keyword: str, place: str
    ) -> Iterator[str]:
        # Nothing said is the same as true.
        before, now = earlier.get(keyword, True), later.get(keyword, True)
        if isinstance(before, dict) and isinstance(now, dict):
            yield from self.compare(before, now, f"{place}[{keyword}]")
        elif before != now:
            yield f"{place}: {keyword} was {before!r}, now {now!r}"
