"""Where servers and the browser come from: the first place that has them, with fakes for each."""

import json
from types import SimpleNamespace

import pytest

from deploy.local import infra
from deploy.local.processes import InfraError

VARIABLES = (
    "ORE_TEST_POSTGRES_URL", "ORE_TEST_RABBITMQ_URL", "ORE_TEST_RABBITMQ_MANAGEMENT_URL",
    "ORE_CHROMIUM",
)  # fmt: skip
KINDS = {
    "PrivatePostgres": "private server", "ContainerPostgres": "container",
    "PrivateRabbitMQ": "private server", "ContainerRabbitMQ": "container",
}  # fmt: skip


class Machine:
    """What there is on a made-up machine; nothing at first."""

    def __init__(self):
        self.answering = set()
        self.ours = set()
        self.engine = False
        self.container_starts = True
        self.packages = set()
        self.can_install = False
        self.done = []

    def version(self, url, *_more):
        if url not in self.answering:
            raise InfraError(f"{url} does not answer.")
        return "15.1"

    def install(self, packages):
        self.done.append("install")
        if not self.can_install:
            raise InfraError("apt-get cannot be used here")
        self.packages |= {"postgres", "rabbitmq", "chromium"}

    def server(self, kind):
        def start():
            if kind == "container" and not self.container_starts:
                raise InfraError("no image")
            self.done.append(f"start {kind}")
            self.answering.add(kind)

        return SimpleNamespace(
            url=kind, amqp_url=kind, management_url=kind, image="an image",
            exists=lambda: kind in self.ours, is_running=lambda: kind in self.ours,
            start=start, describe=lambda: kind, programs=lambda: "", wipe=lambda: None,
        )  # fmt: skip


@pytest.fixture
def machine(monkeypatch, tmp_path):
    machine = Machine()
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    for name, kind in KINDS.items():
        fake = type(name, (), {"__new__": lambda _cls, _folder, kind=kind: machine.server(kind)})
        monkeypatch.setattr(infra, name, fake)
    monkeypatch.setattr(infra, "VAR", tmp_path)
    monkeypatch.setattr(infra, "RECORD", tmp_path / "infra.json")
    monkeypatch.setattr(infra, "server_version", machine.version)
    monkeypatch.setattr(infra, "broker_version", machine.version)
    monkeypatch.setattr(infra, "_browser_version", machine.version)
    monkeypatch.setattr(infra, "engine_answers", lambda: machine.engine)
    monkeypatch.setattr(infra.debian, "install_packages", machine.install)
    monkeypatch.setattr(
        infra.postgres, "binaries", lambda: "/bin" if "postgres" in machine.packages else None
    )
    monkeypatch.setattr(
        infra.rabbitmq, "script", lambda: "/bin" if "rabbitmq" in machine.packages else None
    )
    monkeypatch.setattr(
        infra,
        "find_program",
        lambda name: f"/bin/{name}" if "chromium" in machine.packages else None,
    )
    return machine


SERVERS = [
    (infra.find_postgres, {"ORE_TEST_POSTGRES_URL": "named"}, infra.USUAL_POSTGRES),
    (
        infra.find_rabbitmq,
        {"ORE_TEST_RABBITMQ_URL": "named", "ORE_TEST_RABBITMQ_MANAGEMENT_URL": "named too"},
        infra.USUAL_RABBITMQ[0],
    ),
]
each_server = pytest.mark.parametrize(("find", "named", "usual"), SERVERS, ids=["pg", "mq"])


@each_server
def test_the_environment_comes_first(machine, monkeypatch, find, named, usual):
    for variable, url in named.items():
        monkeypatch.setenv(variable, url)
    machine.answering = {"named", usual}
    machine.ours, machine.engine = {"private server"}, True

    assert find().how == f"named by {next(iter(named))}"
    assert machine.done == []


@each_server
def test_a_named_server_that_does_not_answer_is_an_error(machine, monkeypatch, find, named, usual):
    for variable, url in named.items():
        monkeypatch.setenv(variable, url)
    machine.answering, machine.engine = {usual}, True

    with pytest.raises(InfraError, match=f"What {next(iter(named))} names cannot be used"):
        find()
    assert machine.done == []


def test_a_broker_needs_both_of_its_variables(machine, monkeypatch):
    monkeypatch.setenv("ORE_TEST_RABBITMQ_URL", "named")

    with pytest.raises(InfraError, match="ORE_TEST_RABBITMQ_MANAGEMENT_URL is not"):
        infra.find_rabbitmq()


@each_server
def test_then_what_was_started_before(machine, find, named, usual):
    machine.answering, machine.ours, machine.engine = {usual}, {"private server"}, True

    assert find().how == "private server"


@each_server
def test_then_what_runs_at_the_usual_port(machine, find, named, usual):
    machine.answering, machine.engine = {usual}, True

    assert find().how == "already running on this machine"
    assert machine.done == []


@each_server
def test_then_a_container_where_an_engine_answers(machine, find, named, usual):
    machine.engine, machine.can_install = True, True

    assert find().how == "container"
    assert "install" not in machine.done


@each_server
@pytest.mark.parametrize("has_engine", [False, True])
def test_then_debians_packages_also_where_the_engine_has_no_image(
    machine, find, named, usual, has_engine
):
    machine.engine, machine.container_starts, machine.can_install = has_engine, False, True

    assert find().how == "private server"
    assert machine.done == ["install", "start private server"]


@each_server
def test_packages_that_are_there_are_not_installed_again(machine, find, named, usual):
    machine.packages = {"postgres", "rabbitmq"}

    assert find().how == "private server"
    assert machine.done == ["start private server"]


@pytest.mark.parametrize(
    ("part", "name", "variable"),
    [
        ("postgres", "PostgreSQL", "ORE_TEST_POSTGRES_URL"),
        ("rabbitmq", "RabbitMQ", "ORE_TEST_RABBITMQ_URL"),
        ("chromium", "Chromium", "ORE_CHROMIUM"),
    ],
)
def test_else_one_sentence_and_failure(machine, capsys, part, name, variable):
    assert infra.main(["up", "--only", part]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"error: No {name}: apt-get cannot be used here, or name one in {variable}.\n"
    )
    assert not infra.RECORD.exists()


def test_a_browser_is_the_named_one_the_installed_one_or_a_package(machine, monkeypatch):
    machine.answering, machine.can_install = {"/bin/chromium", "/opt/named"}, True
    assert infra.find_chromium().how == "installed package"
    assert infra.find_chromium().how == "installed package"
    assert machine.done == ["install"]

    monkeypatch.setenv("ORE_CHROMIUM", "/opt/named")
    assert infra.find_chromium().path == "/opt/named"


def test_what_was_found_is_recorded_for_the_tests(machine, capsys):
    machine.answering = {infra.USUAL_POSTGRES}

    assert infra.main(["up", "--only", "postgres"]) == 0
    assert json.loads(infra.RECORD.read_text())["postgres"]["url"] == infra.USUAL_POSTGRES
    assert capsys.readouterr().out == (
        "PostgreSQL 15.1 at 127.0.0.1:5432 (already running on this machine)\n"
    )
