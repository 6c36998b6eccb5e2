"""Every rule of every service has its sentences, in Polish and English, and they are whole."""

import ast
import functools
import importlib
import inspect
import pkgutil
import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import services
from services.gateway import problem_texts, problems
from services.gateway.blueprints.api.operation import ListQuery
from services.gateway.problem_texts import FIELD_RULES, TEXTS, VALUES, VARIANT_PARAMETERS
from services.recruitment.domain import teryt
from services.recruitment.domain.errors import CallNotOpenError, OneOpenApplicationError
from shared.kernel import nameko_host, refusal
from shared.kernel.refusal import InvalidRequestError, NotFoundError, Refusal
from shared.kernel.rpc import RefusedError

ROOT = Path(next(iter(services.__path__)))
LANGUAGES = ("pl", "en")
BASES = {
    "AdvisoryError", "AdvisoryValueError", "GatewayRefusal", "HdrServiceError", "MonitoringError",
    "MonitoringValueError", "RecruitmentError", "RecruitmentValueError", "RefusedError", "Refusal",
    "RuleBrokenError", "_DocumentError",
}  # fmt: skip
"""Raised never themselves, or for the code that they carry."""


def refusals():
    """Every refusal that any service or the kernel knows, by class name."""
    modules = [refusal, nameko_host, importlib.import_module("services.gateway.errors")]
    for service in ("recruitment", "advisory", "hdr", "monitoring"):
        package = importlib.import_module(f"services.{service}")
        modules += [
            importlib.import_module(found.name)
            for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
            if ".migrations" not in found.name
        ]
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, Refusal) and name not in BASES
    }


REFUSALS = refusals()


def code_of(kind):
    return Refusal.code.fget(kind.__new__(kind))


@functools.cache
def calls_in(path):
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


@functools.cache
def raised_with():
    """What each refusal is raised with, by class name: the keywords at every place."""
    places = {}
    raises_one = re.compile(rf"\b({'|'.join(REFUSALS)})\(")
    for path in sorted([*ROOT.rglob("*.py"), *ROOT.parent.glob("shared/kernel/*.py")]):
        if not raises_one.search(path.read_text()):
            continue
        for node in calls_in(path):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else (
                node.func.id if isinstance(node.func, ast.Name) else ""
            )  # fmt: skip
            if called in REFUSALS:
                names = {keyword.arg for keyword in node.keywords} - {"field", "fields"}
                places.setdefault(called, []).append((f"{path.name}:{node.lineno}", names))
    return places


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def texts_of(code):
    return {key: text for key, text in TEXTS.items() if key.partition(".")[0] == code}


def words_of(text):
    return [part for words in (text.pl, text.en) for part in (words.title, words.detail)]


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_every_refusal_has_its_text(name):
    assert code_of(REFUSALS[name]) in TEXTS


def test_no_text_is_left_over():
    codes = {code_of(kind) for kind in REFUSALS.values()}
    assert {key.partition(".")[0] for key in TEXTS} - codes == set()


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_sentences_use_only_parameters_that_the_rule_documents(name):
    kind = REFUSALS[name]
    documented = {
        word
        for base in kind.__mro__
        if issubclass(base, Refusal)
        for quoted in re.findall(r"``([^`]+)``", inspect.getdoc(base) or "")
        for word in re.findall(r"\w+", quoted)
    }
    used = {p for text in texts_of(code_of(kind)).values() for w in words_of(text)
            for p in placeholders(w)}  # fmt: skip
    used -= {"problems", "count"}  # how many entries there are; the docstring speaks of those
    assert used <= documented


@pytest.mark.parametrize("name", sorted(raised_with()))
def test_wherever_a_rule_says_no_it_gives_what_its_sentences_need(name):
    code = code_of(REFUSALS[name])
    for place, given_names in raised_with()[name]:
        if None in given_names:
            continue  # passes a mapping on
        for key, text in texts_of(code).items():
            if key != code:
                continue  # a variant is looked at where its parameter's value is known
            used = {p for w in words_of(text) for p in placeholders(w)}
            assert used <= given_names, f"{place} gives {sorted(given_names)}"


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_text_is_a_sentence_with_a_way_out_in_both_languages(key):
    text = TEXTS[key]
    for words in (text.pl, text.en):
        assert not words.title.endswith(".")
        assert words.title[:1].isupper() or words.title[:1].isdigit()
        assert words.detail.endswith(".")
        assert "  " not in words.title + words.detail
        assert 20 <= len(words.detail) <= 400
    polish, english = (
        placeholders(words.title) | placeholders(words.detail) for words in (text.pl, text.en)
    )
    assert polish == english
    assert text.pl != text.en


@pytest.mark.parametrize("rule", sorted(FIELD_RULES))
def test_the_sentence_of_a_field_is_whole_in_both_languages(rule):
    phrase = FIELD_RULES[rule]
    assert placeholders(phrase.pl) == placeholders(phrase.en)
    assert phrase.pl.endswith(".")
    assert phrase.en.endswith(".")


def test_every_variant_belongs_to_a_parameter():
    variants = {key.partition(".")[0] for key in TEXTS if "." in key}
    assert variants == set(VARIANT_PARAMETERS) & variants
    assert set(VARIANT_PARAMETERS) <= {key.partition(".")[0] for key in TEXTS}


def test_every_thing_that_can_be_missing_has_a_name():
    named = set()
    for path in ROOT.rglob("*.py"):
        for node in calls_in(path):
            if getattr(node.func, "id", "") == "NotFoundError":
                named |= {k.value.value for k in node.keywords
                          if k.arg == "what" and isinstance(k.value, ast.Constant)}  # fmt: skip
            if getattr(node.func, "id", "") == "found":
                named |= {a.value for a in node.args if isinstance(a, ast.Constant)}
            if getattr(node.func, "attr", "") == "load":
                named |= {a.id for a in node.args[:1] if isinstance(a, ast.Name)}
    classes = {name for name in named if name[:1].isupper()} - {"A"}
    assert "Call" in classes
    assert named - {"aggregate_class"} <= set(VALUES["not-found.what"])


def test_every_mistake_of_a_register_file_has_a_name():
    source = inspect.getsource(teryt)
    known = set(re.findall(r'Problem\(.*"([A-Z_]+)"\)', source))
    assert "HEADER" in known
    assert known <= set(VALUES["problem"])


def test_every_rule_of_a_document_has_a_sentence():
    used = set()
    for path in (ROOT / "hdr").rglob("*.py"):
        used |= set(re.findall(r'keepable\([^"]*"([A-Z_]+)"', path.read_text()))
        used |= set(re.findall(r'Flaw\([^"]*"([A-Z_]+)"', path.read_text()))
    assert "REQUIRED" in used
    assert used - {"MINIMUM", "MAXIMUM"} <= set(FIELD_RULES)


# --- filling the sentences ------------------------------------------------------------------------


def test_a_day_is_written_in_words():
    refused = CallNotOpenError(
        opens_on="2020-02-07", closes_on="2020-02-29", rule="DEADLINE_PASSED"
    )
    assert "do 29 lutego 2020 włącznie" in problems.describe(refused, "pl").detail
    assert "29 February 2020" in problems.describe(refused, "en").detail


def test_the_reason_decides_the_words():
    titles = {
        rule: problems.describe(CallNotOpenError(rule=rule), "pl").title
        for rule in ("NOT_PUBLISHED", "NOT_YET_OPEN", "DEADLINE_PASSED", "CLOSED", "CANCELLED", "?")
    }
    assert len(set(titles.values())) == 6
    assert titles["CLOSED"] == "Nabór został zamknięty"


def test_a_code_is_called_by_its_name():
    refused = refusal_with_code("not-editable", what="Summary", id="1", state="SUBMITTED")
    assert "Obecny stan: przekazane." in problems.describe(refused, "pl").detail
    refused = refusal_with_code("not-editable", what="Hdr", id="1", state="SUBMITTED")
    assert "Obecny stan: przekazany do redakcji." in problems.describe(refused, "pl").detail


def test_several_codes_are_called_by_their_names():
    refused = refusal_with_code("wrong-state", what="Hdr", state="DRAFT",
                                needed="SUBMITTED, APPROVED")  # fmt: skip
    assert "przekazany do redakcji, zatwierdzony" in problems.describe(refused, "pl").detail


def test_a_missing_parameter_is_shown_as_such_and_never_breaks_the_sentence():
    detail = problems.describe(OneOpenApplicationError(), "pl").detail
    assert "przyjęto …." in detail.replace("… .", "….")


def test_an_unknown_code_still_says_what_to_do():
    problem = problems.describe(refusal_with_code("a-rule-of-tomorrow"), "en")
    assert problem.code == "a-rule-of-tomorrow"
    assert problem.title == "This cannot be done"


def test_braces_in_a_value_are_text():
    refused = refusal_with_code("slug-taken", slug="{field} {0} {a.b[c]}")
    assert "“{field} {0} {a.b[c]}”" in problems.describe(refused, "en").detail


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.sampled_from(sorted(TEXTS)),
    st.sampled_from(LANGUAGES),
    st.dictionaries(
        st.sampled_from(sorted({p for t in TEXTS.values() for w in words_of(t)
                                for p in placeholders(w)})),
        st.none() | st.text() | st.integers() | st.booleans() | st.floats(),
    ),
)  # fmt: skip
def test_whatever_the_parameters_a_sentence_comes_out(key, language, parameters):
    for words in (getattr(TEXTS[key], language),):
        assert problems.fill(words.title, parameters, language, key)
        assert problems.fill(words.detail, parameters, language, key)


def test_a_field_error_names_field_rule_and_limit_but_never_the_value():
    with pytest.raises(Exception, match="limit") as caught:
        ListQuery(limit=100_000)
    problem = problems.describe(problems.invalid(caught.value), "pl")
    (error,) = problem.errors
    assert (error.field, error.rule) == ("limit", "less_than_equal")
    assert error.detail == "Podaj liczbę nie większą niż 500."
    assert "100000" not in str(problem)


def test_a_finding_of_a_document_is_called_by_its_label():
    refused = InvalidRequestError(
        fields=[
            {
                "field": "actions[2].ends_on",
                "rule": "REQUIRED",
                "label": {"pl": "Koniec działania", "en": "End of the action"},
            }
        ]
    )
    (error,) = problems.describe(refused, "pl").errors
    assert error.detail == "Koniec działania: Uzupełnij to pole."


def test_an_unknown_rule_of_a_field_has_a_sentence_too():
    refused = InvalidRequestError(fields=[{"field": "x", "rule": "of_tomorrow"}])
    assert problems.describe(refused, "pl").errors[0].detail == "Nieprawidłowa wartość."


def test_what_is_missing_is_named():
    assert problems.describe(NotFoundError(what="Call", id="1"), "pl").title == (
        "Nie znaleziono naboru"
    )


def test_all_texts_are_gathered():
    modules = [m.name for m in pkgutil.iter_modules(problem_texts.__path__) if m.name != "text"]
    for name in modules:
        module = importlib.import_module(f"{problem_texts.__name__}.{name}")
        assert set(module.TEXTS) <= set(TEXTS)


def refusal_with_code(code, **parameters):
    return RefusedError({"code": code, "status": 409, "parameters": parameters})
