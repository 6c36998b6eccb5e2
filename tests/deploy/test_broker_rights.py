"""The rights that `make secrets` writes follow the code that needs them."""

import json
import re

import pytest
import yaml

from deploy import secret_files
from deploy.secret_files import SOURCES, make, permissions, topic_permissions
from platform_cli import registry
from services.gateway import journal
from tests.architecture.tree import ROOT

REPLIES = "rpc.reply-ore-6f0b1e1e-0b5c-4f0e-9a46-3a3c6d7f2b11"
OWN_KINDS = ("configure", "write", "read")


def test_whose_events_a_user_takes_is_what_its_component_says():
    assert {
        **{name: tuple(registry.load(name).component.sources) for name in registry.SERVICES},
        "gateway": tuple(journal.SOURCES),
    } == SOURCES


@pytest.mark.parametrize("name", SOURCES)
def test_a_user_declares_its_own_queues_and_nothing_else(name):
    allowed = permissions(name)
    for kind in OWN_KINDS:
        assert re.search(allowed[kind], REPLIES)
        for other in {*SOURCES} - {name}:
            assert not re.search(allowed[kind], f"ore.{other}")
            assert not re.search(allowed[kind], f"rpc-{other}")
        for theirs in ("ore.unrouted", "ore.dead", "amq.topic", "", "ore.events.more"):
            assert not re.search(allowed[kind], theirs), (kind, theirs)
    assert not re.search(allowed["configure"], "ore.events")
    assert bool(re.search(allowed["write"], "ore.events")) == (name != "gateway")
    assert bool(re.search(allowed["read"], "ore.events")) == (name != "recruitment")


@pytest.mark.parametrize(
    ("name", "kind", "key", "is_allowed"),
    [
        ("hdr", "write", "recruitment.read_feed", True),
        ("hdr", "write", "recruitment.report_status", True),
        ("hdr", "write", "recruitment.submit_application", False),
        ("hdr", "write", "monitoring.read_feed", False),
        ("gateway", "write", "recruitment.submit_application", True),
        ("gateway", "write", "6f0b1e1e-0b5c-4f0e-9a46-3a3c6d7f2b11", False),
        ("gateway", "read", "recruitment.*", False),
        ("hdr", "read", "hdr.*", True),
        ("hdr", "read", "recruitment.*", False),
    ],
)
def test_a_user_asks_and_answers_only_what_it_must(name, kind, key, is_allowed):
    assert bool(re.search(topic_permissions(name)["nameko-rpc"][kind], key)) == is_allowed


def users_of_the_operators_command():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    yield compose["services"]["ore"]["environment"]["ORE_BROKER_URL_FILE"]
    pod = yaml.safe_load((ROOT / "deploy/k8s/tools/pod.yaml").read_text())
    for variable in pod["spec"]["containers"][0]["env"]:
        if variable["name"] == "ORE_BROKER_URL_FILE":
            yield variable["value"]


def test_the_operators_command_may_ask_every_service_how_it_is():
    """`ore doctor` calls each; its user needs a queue for the answers and the methods' keys."""
    files = list(users_of_the_operators_command())
    assert len(files) == 2
    for file in files:
        name = file.rpartition("/")[2].removesuffix("-broker-url")
        for kind in OWN_KINDS:
            assert re.search(permissions(name)[kind], REPLIES)
            assert re.search(permissions(name)[kind], "nameko-rpc")
        for service in registry.SERVICES:
            asked = topic_permissions(name)["nameko-rpc"]
            assert re.search(asked["write"], f"{service}.report_status")
            assert re.search(asked["read"], REPLIES.removeprefix("rpc.reply-ore-"))


def test_rights_of_a_newer_version_come_with_the_old_passwords(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(secret_files, "FOLDER", tmp_path / "secrets")
    assert secret_files.main() == 0
    before = {path.name: path.read_text() for path in secret_files.FOLDER.iterdir()}
    path = secret_files.FOLDER / "rabbitmq-definitions"
    old = json.loads(before[path.name])
    old["permissions"][0]["read"] = ".*"
    path.chmod(0o644)
    path.write_text(json.dumps(old))

    assert secret_files.main() == 0
    assert "brought up to date" in capsys.readouterr().out
    after = {path.name: path.read_text() for path in secret_files.FOLDER.iterdir()}
    new, first = json.loads(after.pop(path.name)), json.loads(before.pop(path.name))
    assert after == before
    assert new["permissions"] == first["permissions"]
    assert [user["name"] for user in new["users"]] == list(SOURCES)

    assert secret_files.main() == 0
    assert "nothing was changed" in capsys.readouterr().out


def test_no_two_installations_share_a_secret():
    first, second = make(), make()
    assert [name for name in first if first[name] == second[name]] == []
