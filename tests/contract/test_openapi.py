"""The API's description says what the API does, keeps what it promised, and gives nobody away."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from services.gateway.app import create_app
from services.gateway.blueprints.api import openapi
from services.gateway.permissions import PERMISSIONS
from tests.direct_rpc import DirectRpc
from tests.unit.gateway.programme import settings

PROMISED = Path(__file__).with_name("published_api.v1.txt")
PERSONAL = {"full_name", "email", "phone", "applicant", "answers", "contact"}
"""Names of properties that hold personal data; a call's own ``contact_email`` is public."""
METHODS = {"get", "post", "put", "delete"}
COMMANDS = METHODS - {"get"}


@pytest.fixture(scope="module")
def app():
    rpc = DirectRpc()
    yield create_app(settings(), database=rpc.gateway, rpc=rpc, only=("api", "health"))
    rpc.close()


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/api/v1/openapi.json").json


@pytest.fixture(scope="module")
def described(document):
    """Every operation as ``(path, method, operation)``."""
    return [
        (path, method, entry)
        for path, methods in document["paths"].items()
        for method, entry in methods.items()
    ]


def references(part):
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for member in part.values():
            yield from references(member)
    elif isinstance(part, list):
        for member in part:
            yield from references(member)


def resolve(document, reference):
    found = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def properties_behind(document, schema, seen=()):
    """Names of all properties that an instance of a schema may have, at any depth."""
    if isinstance(schema, list):
        for member in schema:
            yield from properties_behind(document, member, seen)
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if reference and reference not in seen:
        yield from properties_behind(document, resolve(document, reference), (*seen, reference))
    for name, member in schema.get("properties", {}).items():
        yield name
        yield from properties_behind(document, member, seen)
    for key in ("items", "prefixItems", "anyOf", "additionalProperties"):
        yield from properties_behind(document, schema.get(key), seen)


# --- the document -----------------------------------------------------------------------------


def test_it_is_openapi_3_1_with_its_parts(document):
    assert document["openapi"] == "3.1.0"
    assert set(document) == {"openapi", "info", "servers", "tags", "paths", "components"}
    assert document["servers"] == [{"url": "/api/v1"}]
    assert {"title", "version", "description"} == set(document["info"])


def test_every_schema_is_sound(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere_and_every_schema_is_used(document):
    used = set(references(document))
    for reference in used:
        assert resolve(document, reference)
    names = {r.rsplit("/", 1)[-1] for r in used if "/schemas/" in r}
    assert names == set(document["components"]["schemas"])


def test_names_of_schemas_can_stand_in_an_address(document):
    assert all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in document["components"]["schemas"])


def test_every_operation_is_there_once_with_words(described):
    ids = [entry["operationId"] for _, _, entry in described]
    assert len(ids) == len(set(ids)) > 80
    for path, method, entry in described:
        assert method in METHODS
        assert entry["summary"]
        assert entry["description"]
        assert entry["tags"] == [path.split("/")[1]]
        assert "default" in entry["responses"]


def test_parameters_of_a_path_are_described_exactly(described):
    for path, _, entry in described:
        in_path = [p["name"] for p in entry["parameters"] if p["in"] == "path"]
        assert in_path == re.findall(r"{(\w+)}", path)
        assert all(p["required"] for p in entry["parameters"] if p["in"] == "path")
        names = [(p["in"], p["name"]) for p in entry["parameters"]]
        assert len(names) == len(set(names))


def test_a_body_does_not_ask_for_what_the_path_says(document, described):
    for path, _, entry in described:
        for content in entry.get("requestBody", {}).get("content", {}).values():
            schema = content["schema"]
            if "$ref" in schema:
                asked = resolve(document, schema["$ref"])["properties"]
                assert not set(asked) & set(re.findall(r"{(\w+)}", path))


def test_requests_take_no_unknown_fields(document, described):
    for _, _, entry in described:
        for content in entry.get("requestBody", {}).get("content", {}).values():
            if "$ref" in content["schema"]:
                model = resolve(document, content["schema"]["$ref"])
                assert model["additionalProperties"] is False


def test_commands_take_a_key_and_say_whether_the_views_are_level(described):
    for path, method, entry in described:
        names = {p["name"] for p in entry["parameters"] if p["in"] == "header"}
        is_command = method in COMMANDS and not path.startswith("/tokens")
        assert ("Idempotency-Key" in names) == is_command
        success = next(r for status, r in entry["responses"].items() if status.startswith("2"))
        assert ("Ore-Views-Level" in success.get("headers", {})) == is_command


def test_what_was_created_has_an_address_or_says_why_not(described):
    without = {
        entry["operationId"]
        for _, _, entry in described
        if "Location" not in entry["responses"].get("201", {}).get("headers", {})
        and "201" in entry["responses"]
    }
    assert without == {"issue_token", "log_activity"}  # shown once; a part of its cycle


def test_who_may_call_is_as_in_the_permission_table(app, described):
    for entry in openapi.operations(app):
        found = next(d for _, _, d in described if d["operationId"] == entry.name)
        permission = PERMISSIONS[f"api.{entry.name}"]
        assert (found["security"] == []) == permission.is_public
        if not permission.is_public:
            assert all(role.value in found["description"] for role in permission.roles)


def test_problems_are_described_as_such(document):
    (content,) = document["components"]["responses"]["Problem"]["content"].items()
    assert content[0] == "application/problem+json"


# --- what it must never do ----------------------------------------------------------------------


def test_nothing_personal_is_open_to_anyone(document, described):
    by_key = {"get_application"}  # opened by the key of the application
    for _, _, entry in described:
        if entry["security"] != [] or entry["operationId"] in by_key:
            continue
        for status, response in entry["responses"].items():
            if status.startswith("2"):
                for content in response.get("content", {}).values():
                    names = set(properties_behind(document, content["schema"]))
                    assert not names & PERSONAL, entry["operationId"]


def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(app, described):
    page = app.test_client().get("/api/v1/docs")
    assert page.status_code == 200
    assert not re.search(r'(?:src|href)="https?://(?!localhost)', page.text)
    for _, _, entry in described:
        assert f'id="{entry["operationId"]}"' in page.text


def test_what_was_promised_once_is_kept(described):
    """An operation that was published stays; a new one is added to the list, nothing is removed."""
    promised = set(PROMISED.read_text().splitlines())
    there = {f"{method.upper()} {path} {entry['operationId']}" for path, method, entry in described}
    assert promised - there == set(), "published operations are gone"
    assert there - promised == set(), f"add to {PROMISED.name}"
