"""The rules over several values of a document; which of them hold is said by its template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.hdr.domain.flaws import Flaw, keepable
from services.hdr.domain.reading import as_date, as_text, rows
from services.hdr.domain.template import KEY_FIELD, RuleDefinition, RuleKind, Template


def _period_order(
    rule: RuleDefinition, template: Template, document: Mapping[str, Any]
) -> Iterator[Flaw]:
    element = template.element(rule.element)
    for address, values in rows(element, document):
        starts_on, ends_on = as_date(values.get("starts_on")), as_date(values.get("ends_on"))
        if starts_on and ends_on and ends_on < starts_on:
            yield keepable(
                f"{address}.ends_on",
                rule.code,
                element.field("ends_on").label,
                starts_on=starts_on.isoformat(),
                ends_on=ends_on.isoformat(),
            )


def _inside_period(
    rule: RuleDefinition, template: Template, document: Mapping[str, Any]
) -> Iterator[Flaw]:
    element = template.element(rule.element)
    for _, period in rows(template.element(str(rule.period)), document):
        first, last = as_date(period.get("starts_on")), as_date(period.get("ends_on"))
        if first is None or last is None or last < first:
            continue
        for address, row in rows(element, document):
            for name in ("starts_on", "ends_on"):
                day = as_date(row.get(name))
                if day is not None and not first <= day <= last:
                    yield keepable(
                        f"{address}.{name}",
                        rule.code,
                        element.field(name).label,
                        day=day.isoformat(),
                        period_starts_on=first.isoformat(),
                        period_ends_on=last.isoformat(),
                    )


def _referred_to(
    rule: RuleDefinition, template: Template, document: Mapping[str, Any]
) -> Iterator[Flaw]:
    element = template.element(rule.element)
    field = template.reference_field(rule)
    by = rows(template.element(str(rule.by)), document)
    named = {as_text(row.get(field.name)) for _, row in by}
    for address, row in rows(element, document):
        key = as_text(row.get(KEY_FIELD))
        if key and key not in named:
            yield keepable(address, rule.code, element.label, key=key[:40])


def _must_be_true(
    rule: RuleDefinition, template: Template, document: Mapping[str, Any]
) -> Iterator[Flaw]:
    if document.get(rule.element) is False:
        yield keepable(rule.element, rule.code, template.element(rule.element).label)


Rule = Callable[[RuleDefinition, Template, Mapping[str, Any]], Iterator[Flaw]]
RULES: Mapping[RuleKind, Rule] = {
    "PERIOD_ORDER": _period_order,
    "INSIDE_PERIOD": _inside_period,
    "REFERRED_TO": _referred_to,
    "MUST_BE_TRUE": _must_be_true,
}
