"""docs/events.md: each contract event, its owner, its fields, and who listens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, get_type_hints

from pydantic import BaseModel

from platform_cli import registry
from platform_cli.contract_words import (
    Words,
    aliases,
    contract_events,
    contract_modules,
    in_one_line,
    words_of,
)
from services.gateway.projections.registry import VIEWS
from shared.contracts import base
from shared.contracts.base import ContractEvent

INTRODUCTION = """\
# Events

<!-- Made by `make events-doc` from shared/contracts, the publications, the subscriptions and the
gateway's views. Do not edit it: edit the docstrings. -->

What the services tell each other and, through the gateway, other systems. Each is the `data` of a
CloudEvent ([envelope](../shared/contracts/schemas/envelope.v1.json)); how it gets from its owner to
every listener is in [delivery.md](delivery.md). The same as JSON Schemas and AsyncAPI 3:
[shared/contracts/schemas](../shared/contracts/schemas).

**How to read the fields.** `_id` fields are UUIDs that never change. *Days* are days in
Europe/Warsaw, ISO 8601, both included where two make a period; *moments* are UTC. `_ratio` is not
rounded. *Optional* fields may be missing in events from before the field was there. Within a
version an event only grows by optional fields, so a reader ignores what it does not know.
"""
PLAIN = {
    "UUID": "UUID",
    "date": "day",
    "datetime": "moment",
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "Any": "anything",
}


def text() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_overview(), *_details(), *_kinds_of_text(), *_shapes()])


def listeners(event: type[ContractEvent]) -> tuple[list[str], list[str]]:
    """Services that handle an event, and views of the gateway that show it."""
    services = [
        parts.name
        for parts in registry.load_all()
        if parts.component.handlers and event in parts.component.handlers.event_types
    ]
    return services, [view.name for view in VIEWS if view.listens_to(event.event_type())]


def stored_names(event: type[ContractEvent]) -> list[str]:
    """Stored names of the domain events that are published as this contract event."""
    publications = registry.load(event.OWNER).component.publications
    translations = publications._translations  # noqa: SLF001 -- asked for nowhere else
    return [
        domain_event.TOPIC
        for domain_event, translation in translations.items()
        if event in _results_of(translation)
    ]


def _results_of(translation: Any) -> tuple[Any, ...]:
    result = get_type_hints(translation)["return"]
    return getattr(result, "__args__", (result,))


def _overview() -> Iterator[str]:
    yield "## All of them\n"
    yield "| event | version | owner | services that listen | views of the gateway |"
    yield "| --- | --- | --- | --- | --- |"
    for owner, events in contract_events().items():
        for event in events:
            services, views = listeners(event)
            cells = (_link(event), str(event.VERSION), owner, _listing(services), _listing(views))
            yield f"| {' | '.join(cells)} |"
    yield ""


def _details() -> Iterator[str]:
    for owner, events in contract_events().items():
        yield f"## {owner}\n"
        for event in events:
            services, views = listeners(event)
            schema = f"../shared/contracts/schemas/{owner}/{event.__name__}.v{event.VERSION}.json"
            yield f"### {event.__name__}\n"
            yield f"{in_one_line(event.__doc__)}\n"
            yield f"- type `{event.event_type()}` ([schema]({schema}))"
            yield f"- recorded as {_codes(stored_names(event))}"
            yield f"- listened to by {_listing(services) or 'no service'}"
            yield f"- shown in the views {_listing(views)}\n" if views else "- shown in no view\n"
            yield from _fields(event)


def _fields(model: type[BaseModel]) -> Iterator[str]:
    words = words_of(model)
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    for name, field in model.model_fields.items():
        is_optional = "" if field.is_required() else ", optional"
        yield f"| `{name}` | {_type(words[name])}{is_optional} | {_cell(words[name].meaning)} |"
    yield ""


def _type(words: Words) -> str:
    """A field's type in words; shapes and kinds of text lead to their place on the page."""
    kind = words.annotation
    ends_with_none = kind.endswith(" | None")
    kind = kind.removesuffix(" | None")
    several = re.fullmatch(r"tuple\[(.+), \.\.\.\]", kind)
    mapping = re.fullmatch(r"dict\[(.+), (.+)\]", kind)
    if several:
        said = f"list of {_word(several[1])}"
    elif mapping:
        said = f"{_word(mapping[2])} by {_word(mapping[1])}"
    else:
        said = _word(kind)
    return f"{said} or null" if ends_with_none else said


def _word(name: str) -> str:
    return PLAIN.get(name) or f"[{name}](#{name.lower()})"


def _kinds_of_text() -> Iterator[str]:
    yield "## Kinds of text\n"
    yield "| name | meaning |"
    yield "| --- | --- |"
    used = {name for model in _used_models() for name in _names_in(model)}
    for name, meaning in aliases().items():
        if name in used:
            yield f'| <a id="{name.lower()}"></a>{name} | {_cell(meaning)} |'
    yield ""


def _shapes() -> Iterator[str]:
    yield "## Shapes\n"
    events = {event for owned in contract_events().values() for event in owned}
    for model in sorted(_used_models() - events, key=lambda model: model.__name__):
        yield f"### {model.__name__}\n"
        yield f"{in_one_line(model.__doc__)}\n"
        if issubclass(model, Enum):
            yield f"One of {_codes(str(member.value) for member in model)}.\n"
        else:
            yield from _fields(model)


def _used_models() -> set[type[Any]]:
    """The events, and every shape that stands in one of them."""
    by_name = {
        name: member
        for module in (base, *contract_modules().values())
        for name, member in vars(module).items()
        if isinstance(member, type) and issubclass(member, BaseModel | Enum)
    }
    found: set[type[Any]] = set()
    waiting: list[type[Any]] = [event for owned in contract_events().values() for event in owned]
    while waiting:
        model: type[Any] = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += [by_name[name] for name in _names_in(model) if name in by_name]
    return found


def _names_in(model: type[Any]) -> set[str]:
    return {
        name for words in words_of(model).values() for name in re.findall(r"\w+", words.annotation)
    }


def _link(event: type[ContractEvent]) -> str:
    return f"[{event.__name__}](#{event.__name__.lower()})"


def _listing(names: Iterable[str]) -> str:
    return ", ".join(names)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(meaning: str) -> str:
    return meaning.replace("|", r"\|")
