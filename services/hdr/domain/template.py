"""Templates: what a document must hold, as data.

A template version never changes once a document was written with it; new wishes are a new version.
The data lie in ``services/hdr/templates``; how a document is checked is in `checking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Self, TypeVar

from pydantic import ConfigDict, Field, field_validator, model_validator

from shared.contracts.base import Code, ContractModel
from shared.contracts.hdr import Document, TemplateElement, TemplateField

KEY_FIELD = "key"
"""Names a row inside its list; other lists refer to it."""

ScalarType = Literal["text", "long_text", "date", "number", "integer", "boolean", "reference"]
TEXT_LENGTHS: Mapping[str, int] = {"text": 500, "long_text": 20_000, "reference": 40}
"""Most characters of a text, unless the template says otherwise."""
MAXIMUM_ROWS = 200
"""Most rows of a list, unless the template says otherwise; a monitoring round takes up to 500."""
RuleKind = Literal["PERIOD_ORDER", "INSIDE_PERIOD", "REFERRED_TO", "MUST_BE_TRUE"]


class FieldDefinition(TemplateField):
    """One field of a group or of a list's rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ScalarType
    max_length: int | None = Field(default=None, ge=1)
    minimum: float | None = None
    """Smallest number allowed, in the field's own unit."""


class ElementDefinition(TemplateElement):
    """One element of a document: a value of its own, a group of fields or a list of rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ScalarType | Literal["group", "list"]
    fields: tuple[FieldDefinition, ...] = ()
    max_length: int | None = Field(default=None, ge=1)
    maximum_rows: int = Field(default=MAXIMUM_ROWS, ge=1, le=500)

    @field_validator("fields")
    @classmethod
    def _fields_have_different_names(
        cls, fields: tuple[FieldDefinition, ...]
    ) -> tuple[FieldDefinition, ...]:
        return _with_different_names(fields)

    def field(self, name: str) -> FieldDefinition:
        """Its field of that name; none is a mistake in the template."""
        return _named(self.fields, name)

    @property
    def as_field(self) -> FieldDefinition:
        """An element that is one value, seen as a field."""
        return FieldDefinition.model_validate(
            self.model_dump(include={"name", "label", "type", "is_required", "max_length", "hint"})
        )


class RuleDefinition(ContractModel):
    """A rule over several values; ``code`` is what a finding carries, ``kind`` how it is checked.

    PERIOD_ORDER: ``ends_on`` of the element is not before its ``starts_on``.
    INSIDE_PERIOD: both dates of every row of the element lie in the group named by ``period``.
    REFERRED_TO: every row of the element is named by a row of the list ``by``.
    MUST_BE_TRUE: the element, a boolean, is not answered with no.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    kind: RuleKind
    element: str
    period: str | None = None
    by: str | None = None


class Template(ContractModel):
    """A version of a template."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Code
    """``HDR`` or the code of a summary form."""
    template_version: int = Field(ge=1)
    elements: tuple[ElementDefinition, ...] = Field(min_length=1)
    rules: tuple[RuleDefinition, ...] = ()

    @field_validator("elements")
    @classmethod
    def _elements_have_different_names(
        cls, elements: tuple[ElementDefinition, ...]
    ) -> tuple[ElementDefinition, ...]:
        return _with_different_names(elements)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        """Every reference and rule names an element of this template, a reference one with keys."""
        targets = {
            field.refers_to
            for element in self.elements
            for field in element.fields
            if field.type == "reference"
        }
        for target in targets:
            self.element(str(target)).field(KEY_FIELD)
        for rule in self.rules:
            for name in (rule.element, rule.period, rule.by):
                if name is not None:
                    self.element(name)
            if rule.kind == "REFERRED_TO":
                self.reference_field(rule)
        return self

    def element(self, name: str) -> ElementDefinition:
        """The element of that name; none is a mistake in the template."""
        return _named(self.elements, name)

    def reference_field(self, rule: RuleDefinition) -> FieldDefinition:
        """The field by which rows of the list ``by`` name rows of the rule's element."""
        by = self.element(str(rule.by))
        referring = [field for field in by.fields if field.refers_to == rule.element]
        if len(referring) != 1:
            raise ValueError(f"{rule.code}: {rule.by} must refer to {rule.element} exactly once")
        return referring[0]

    def public_part(self, document: Document) -> Document:
        """The elements that anyone may read."""
        return self._part(document, is_public=True)

    def personal_part(self, document: Document) -> Document:
        """The elements that never enter events."""
        return self._part(document, is_public=False)

    def _part(self, document: Document, *, is_public: bool) -> Document:
        names = {element.name for element in self.elements if element.is_public is is_public}
        return {name: value for name, value in document.items() if name in names}


Named = TypeVar("Named", ElementDefinition, FieldDefinition)


def _named(candidates: Sequence[Named], name: str) -> Named:
    for candidate in candidates:
        if candidate.name == name:
            return candidate
    raise ValueError(f"the template has no {name!r}")


def _with_different_names(named: tuple[Named, ...]) -> tuple[Named, ...]:
    if len({each.name for each in named}) < len(named):
        raise ValueError("two of them have the same name")
    return named
