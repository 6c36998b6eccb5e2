"""Every service is wired everywhere; what was forgotten is named here."""

import ast
import importlib
import tomllib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from deploy.local.databases import NAMES
from platform_cli import registry
from platform_cli.migrating import ALL
from services.gateway import clients
from services.gateway.journal import SOURCES
from services.gateway.projections import metadata as gateway_metadata
from services.gateway.projections.registry import VIEWS
from services.gateway.tables import account_metadata
from shared.kernel import schema
from shared.kernel.database import Database
from shared.kernel.migrations import upgrade
from tests.architecture.tree import ROOT, tree_of
from tooling.images import IMAGES

SERVICES = ROOT / "services"
FOLDERS = sorted(
    path.name
    for path in SERVICES.iterdir()
    if path.is_dir() and not path.name.startswith(("_", "."))
)
EVENT_SOURCED = [name for name in FOLDERS if name != "gateway"]
ROOMS = ("domain", "application", "publications", "component", "service", "migrations")
OF_THE_HOST = {"list_parked", "read_feed", "report_status"}
"""Entrypoints that every service has, for listeners and operators."""


def has_room(service, room):
    return (SERVICES / service / room).is_dir() or (SERVICES / service / f"{room}.py").is_file()


def entrypoints(service):
    """The methods of ``service.py`` that are commands or queries, each with its request's name."""
    tree = tree_of(SERVICES / service / "service.py")
    return {
        method.name: ast.unparse(decorator.args[0])
        for cls in tree.body
        if isinstance(cls, ast.ClassDef)
        for method in cls.body
        if isinstance(method, ast.FunctionDef)
        for decorator in method.decorator_list
        if isinstance(decorator, ast.Call)
        and ast.unparse(decorator.func).rpartition(".")[2] in {"command", "query"}
    }


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("service", EVENT_SOURCED)
@pytest.mark.parametrize("room", ROOMS)
def test_a_service_has_its_rooms(service, room):
    assert has_room(service, room)


@pytest.mark.parametrize("service", FOLDERS)
def test_a_service_has_its_page(service):
    page = SERVICES / service / "README.md"

    assert page.is_file(), "one page: owns, does not own, commands, events out, events in"
    assert page.read_text(encoding="utf-8").startswith(f"# {service}\n")


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_a_service_that_listens_has_subscriptions_and_the_other_way_round(service):
    component = registry.load(service).component

    assert has_room(service, "subscriptions") == (component.handlers is not None)
    source = (SERVICES / service / "service.py").read_text(encoding="utf-8")
    assert ("SubscriptionExtension()" in source) == (component.handlers is not None)
    assert "RelayExtension()" in source


def test_the_registry_knows_every_service():
    assert sorted(registry.SERVICES) == EVENT_SOURCED


def test_the_gateway_follows_every_service():
    assert sorted(SOURCES) == EVENT_SOURCED


def test_every_database_is_migrated_and_made_for_development():
    assert sorted(ALL) == FOLDERS
    assert sorted(NAMES) == FOLDERS


@pytest.mark.parametrize("service", FOLDERS)
def test_a_service_is_packed(service, project):
    assert service in project["project"]["optional-dependencies"]
    assert f"{service}" in " ".join(project["project"]["optional-dependencies"]["cli"])
    assert (ROOT / "requirements" / f"{service}.lock").is_file()
    assert service in IMAGES


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_a_service_is_what_its_name_says(service):
    parts = registry.load(service)

    assert parts.component.name == service
    assert parts.component.publications.service == service
    assert parts.component.migrations == f"services.{service}.migrations"
    assert parts.service_class().name == service


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_a_service_has_contracts_and_they_are_its_own(service):
    contracts = importlib.import_module(f"shared.contracts.{service}")

    assert contracts.EVENTS
    assert {event.OWNER for event in contracts.EVENTS} == {service}
    assert len({event.event_type() for event in contracts.EVENTS}) == len(contracts.EVENTS)


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_every_event_that_the_contracts_define_is_listed(service):
    contracts = importlib.import_module(f"shared.contracts.{service}")
    base = contracts.EVENTS[0].__mro__[1]

    assert set(base.__subclasses__()) == set(contracts.EVENTS)


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_a_service_can_be_asked_for_its_log_and_its_state(service):
    """The gateway and the listeners read ``read_feed``; without it they stand still."""
    assert OF_THE_HOST <= entrypoints(service).keys()


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_the_gateway_can_ask_a_service_for_everything_it_answers(service):
    client = getattr(clients, f"{service.capitalize()}Client")
    methods = {name for name in vars(client) if not name.startswith("_")} - {"service"}

    assert client.service == service
    assert methods == entrypoints(service).keys() - OF_THE_HOST
    assert hasattr(clients.Services, service)


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_every_entrypoint_has_a_use_case_or_query_of_its_name(service):
    application = registry.load(service).component.application

    missing = [
        name for name in entrypoints(service).keys() - OF_THE_HOST if not hasattr(application, name)
    ]

    assert missing == []


@pytest.mark.parametrize("service", FOLDERS)
def test_a_service_has_tests(service):
    assert list((ROOT / "tests" / "unit" / service).glob("test_*.py"))


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_a_service_has_snapshots_of_its_stored_events(service):
    assert list((ROOT / "tests" / "contract" / "snapshots" / service).glob("*.v1.json"))


@pytest.mark.parametrize("service", FOLDERS)
def test_the_migrations_make_the_tables_that_the_code_knows(service, tmp_path):
    if service == "gateway":
        package, own = registry.migrations_of("gateway"), [gateway_metadata, account_metadata]
    else:
        component = registry.load(service).component
        package, own = component.migrations, [component.metadata]
    database = Database(f"sqlite:///{tmp_path / 'migrated.db'}")

    upgrade(database, package)
    upgrade(database, package)  # a second time changes nothing

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, [*own, schema.kernel_metadata])
        tables = set(inspect(connection).get_table_names())
    database.close()
    assert differences == []
    known = {name for metadata in (*own, schema.kernel_metadata) for name in metadata.tables}
    assert tables == known | {"alembic_version"}


@pytest.mark.parametrize("service", EVENT_SOURCED)
def test_a_read_model_is_made_of_tables_of_its_own(service):
    component = registry.load(service).component
    tables = [table.name for p in component.application.projections for table in p.tables]

    assert len(tables) == len(set(tables))
    assert set(tables) <= component.metadata.tables.keys()


def test_a_view_is_made_of_tables_of_its_own():
    tables = [table.name for view in VIEWS for table in view.tables]

    assert len(tables) == len(set(tables))
    assert len({view.name for view in VIEWS}) == len(VIEWS)
    assert set(tables) <= gateway_metadata.tables.keys()


def test_every_view_that_is_written_is_kept_up():
    folder = SERVICES / "gateway" / "projections"
    written = {
        f"{path.stem}.{node.name}"
        for path in folder.glob("*.py")
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) and "View" in {ast.unparse(base) for base in node.bases}
    }

    assert written == {f"{v.__module__.rpartition('.')[2]}.{v.__name__}" for v in VIEWS}
