"""Each command of docs/operations.md is one that exists, and one that some test runs."""

import re
import shlex
import shutil
import subprocess
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from typer.main import get_command

from deploy import kubernetes, rotation, secret_files
from deploy.secret_files import ROOT, SOURCES
from platform_cli.main import app
from tests.deploy.test_kubernetes import built
from tooling.kubectl import find_kubectl

PAGE = ROOT / "docs" / "operations.md"
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:ore|make|kubectl|docker compose) [^`\n]+)`")
NEED_MORE = {"backup", "restore", "reconcile", "feed"}
"""Named in a sentence without what they need; the blocks give it."""
STARTS = ("ore", ".venv/bin/ore", "make", "docker", "kubectl", "deploy/roll-out.sh")
SHELL = ("date", "done", "for", "grep", "id", "mkdir", "rm", "test")
"""What everybody's shell has; nothing of ours."""
INNER = re.compile(r"\$\(([^()]*)\)")
FILLED = "filled-in"


def lines() -> list[str]:
    """The commands of the code blocks, continued lines joined, without what follows a ``#``."""
    found: list[str] = []
    for block in BLOCK.findall(PAGE.read_text("utf-8")):
        whole = re.sub(r"\\\n\s*", " ", block)
        found += [line.strip() for line in whole.splitlines() if line.strip()]
    return [line for text in found if (line := re.sub(r"(^|\s)#.*", "", text).strip())]


@cache
def commands() -> tuple[tuple[str, ...], ...]:
    """Every single command, as words: pipes and sequences apart, redirections left out."""
    found = []
    whole = [*lines(), *INLINE.findall(PAGE.read_text("utf-8"))]
    whole += [inner for line in whole for inner in INNER.findall(line)]
    for line in whole:
        for part in re.split(r"\|+|&&|;", INNER.sub(FILLED, line)):
            words = shlex.split(re.sub(r"[<>] ?\S+", "", part.replace("<service>", "hdr")))
            if words and words[0] == "do":
                words = words[1:]
            if words:
                found.append(tuple(words))
    return tuple(found)


def starting_with(*first: str) -> list[tuple[str, ...]]:
    found = [words[len(first) :] for words in commands() if words[: len(first)] == first]
    assert found, first
    return found


def of_ore() -> list[tuple[str, ...]]:
    """Run as they are, in a container or in a pod; those named in a sentence are in blocks too."""
    found = []
    for words in commands():
        if words[0] in {"ore", ".venv/bin/ore"}:
            found.append(words[1:])
        for first, second in (("--rm", "ore"), ("-m", "platform_cli.main")):
            if (first, second) in pairwise(words):
                found.append(words[words.index(second) + 1 :])
    return [words for words in found if len(words) > 1 or words[0] not in NEED_MORE]


def parsed(words: tuple[str, ...]) -> tuple[str, ...]:
    """The names of command and subcommand.

    Raises:
        LookupError: There is no such command.
        Exception: The command line's own, for an unknown option or a missing argument.
    """
    command: Any = get_command(app)
    left = [word.replace("…", "x") for word in words]
    names: list[str] = []
    while hasattr(command, "commands") and left and not left[0].startswith("-"):
        name = left.pop(0)
        if name not in command.commands:
            raise LookupError(f"no command {name}")
        names.append(name)
        command = command.commands[name]
    context = command.make_context(" ".join(names), left)
    context.close()
    return tuple(names)


def test_nothing_else_is_told_to_be_run():
    assert {words[0] for words in commands()} <= {*STARTS, *SHELL}


@pytest.mark.parametrize("words", sorted(set(of_ore()) - {("--help",)}), ids=" ".join)
def test_ore_takes_what_the_page_gives_it(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # files that are only named
    (tmp_path / "TERC_Urzedowy.csv").touch()

    assert parsed(words)


def test_the_check_is_sharp():
    with pytest.raises(Exception, match="--subjects"):
        parsed(("parked", "replay", "advisory", "7", "--subjects"))
    with pytest.raises(Exception, match="Missing parameter: folder"):
        parsed(("backup",))
    with pytest.raises(LookupError, match="reconcil"):
        parsed(("reconcil", "recruitment"))


@cache
def code_of_tests() -> str:
    paths = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    return "\n".join(path.read_text("utf-8") for path in paths)


@pytest.mark.parametrize(
    "names", sorted({n for words in of_ore() if (n := words[:2]) != ("--help",)}), ids=" ".join
)
def test_a_test_runs_each_command_of_ore(names):
    """As words of a call: ``ore("parked", "list")``, or in one text."""
    groups = {"parked", "teryt"}
    asked = names if names[0] in groups else names[:1]
    words = r"[\"'],\s*[\"']".join(map(re.escape, asked))
    called = rf"[\"']{words}[\"']|\bore {' '.join(map(re.escape, asked))}\b"

    assert re.search(called, code_of_tests()), " ".join(asked)


def test_every_target_of_make_is_there():
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for words in starting_with("make"):
        asked = [word for word in words if not word.startswith("-") and "=" not in word]
        assert asked
        assert set(asked) <= set(targets)


class Loader(yaml.SafeLoader):
    """Reads compose's own tags, ``!reset`` and ``!override``, as if they were not there."""


Loader.add_multi_constructor("!", lambda _loader, _tag, _node: None)


@cache
def components_of(name: str) -> frozenset[str]:
    text = (ROOT / name).read_text("utf-8")
    return frozenset(yaml.load(text, Loader)["services"])


@pytest.mark.parametrize("words", sorted(set(starting_with("docker", "compose"))), ids=" ".join)
def test_compose_gets_files_and_components_that_are_there(words):
    files = [b for a, b in pairwise(words) if a in {"--file", "-f"}]
    overlays = [str(p.relative_to(ROOT)) for p in (ROOT / "deploy").glob("compose.*.yml")]
    components = {
        c for name in [*(files or ["docker-compose.yml"]), *overlays] for c in components_of(name)
    }
    rest = [word for word in words if word not in {"--file", "-f", *files}]
    verb = rest.pop(0)
    assert verb in {
        "up",
        "build",
        "ps",
        "down",
        "logs",
        "exec",
        "restart",
        "stop",
        "rm",
        "run",
        "config",
    }
    scaled = [b for a, b in pairwise(rest) if a == "--scale"]
    assert {each.partition("=")[0] for each in scaled} <= components
    values = {*scaled, *[b for a, b in pairwise(rest) if a in {"--since", "--user"}], FILLED}
    named = [word for word in rest if not word.startswith("-") and word not in values]
    if verb in {"exec", "run"}:
        named = named[:1]
    assert set(named) <= components


def test_compose_itself_takes_the_files(tmp_path):
    """Where there is a `docker compose`; where there is none, its form was checked above."""
    if shutil.which("docker") is None:
        return
    for overlay in ([], ["--file", "deploy/observability/compose.observability.yml"]):
        done = subprocess.run(
            ["docker", "compose", "--file", "docker-compose.yml", *overlay, "config", "--quiet"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def of_kubectl() -> list[tuple[str, ...]]:
    return sorted(set(starting_with("kubectl")))


@cache
def help_of(*verb: str) -> str:
    asked = [find_kubectl(), *verb, "--help"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("words", of_kubectl(), ids=" ".join)
def test_kubectl_knows_the_verb_and_its_options(words):
    verb = words[:2] if words[0] in {"rollout", "create"} else words[:1]
    mine = words[: words.index("--")] if "--" in words else words
    options = {word.partition("=")[0] for word in mine if word.startswith("--")}
    everywhere = {"--namespace"}

    known = set(re.findall(r"--[a-z-]+", help_of(*verb)))

    assert options - everywhere <= known, help_of(*verb)


@pytest.mark.parametrize("words", of_kubectl(), ids=" ".join)
def test_kubectl_is_given_files_and_things_that_are_there(words):
    pairs = dict(pairwise(words))
    for option in ("--kustomize", "--filename"):
        path = pairs.get(option, "-")
        assert path == "-" or (ROOT / path).exists()
    if "--selector" in pairs:
        label, _, value = pairs["--selector"].partition("=")
        assert any(m["metadata"]["labels"].get(label) == value for m in built("small"))
    names = {(m["kind"].lower(), m["metadata"]["name"]) for m in built("small")}
    names.add(("statefulset", "rabbitmq-server"))  # the cluster operator's name for it
    for kind in ("deployment", "statefulset"):
        if kind in pairs:
            assert (kind, pairs[kind]) in names
    if "--namespace" in pairs:
        assert ("namespace", pairs["--namespace"]) in names


# --- what can be run here is run ------------------------------------------------------------------


@pytest.fixture
def secrets_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(secret_files, "FOLDER", tmp_path / "secrets")
    monkeypatch.setattr(kubernetes, "FOLDER", tmp_path / "secrets")
    monkeypatch.setattr("sys.argv", ["secret_files"])
    assert secret_files.main() == 0
    return tmp_path / "secrets"


def texts_in(folder):
    return {path.name: path.read_text().strip() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("name", SOURCES)
def test_rotating_a_service_changes_its_own_passwords_and_no_other(
    name, secrets_folder, monkeypatch
):
    before = texts_in(secrets_folder)
    monkeypatch.setattr("sys.argv", ["rotation", name])

    assert rotation.main() == 0

    after = texts_in(secrets_folder)
    own = {f"{name}-{kind}-url" for kind in ("broker", "database", "migration")}
    assert {n for n in before if before[n] != after[n]} == {
        *own,
        "postgres-roles",
        "rabbitmq-definitions",
    }
    (roles,) = [row for row in after["postgres-roles"].splitlines() if row.split()[0] == name]
    for kind, password in zip(("migration", "database"), roles.split()[1:], strict=True):
        assert f":{password}@" in after[f"{name}-{kind}-url"]


def test_rotating_what_stands_alone_changes_just_that(secrets_folder, monkeypatch):
    before = texts_in(secrets_folder)
    for name in rotation.ALONE:
        monkeypatch.setattr("sys.argv", ["rotation", name])
        assert rotation.main() == 0

    after = texts_in(secrets_folder)

    assert {n for n in before if before[n] != after[n]} == set(rotation.ALONE)


def test_an_older_folder_gets_a_secret_that_came_later(secrets_folder, monkeypatch):
    (secrets_folder / "grafana-password").unlink()
    monkeypatch.setattr("sys.argv", ["rotation", "grafana-password"])

    assert rotation.main() == 0

    assert len(texts_in(secrets_folder)["grafana-password"]) >= 32


def test_an_unknown_name_changes_nothing(secrets_folder, monkeypatch, capsys):
    before = texts_in(secrets_folder)
    monkeypatch.setattr("sys.argv", ["rotation", "hdrs"])

    assert rotation.main() == 2
    assert texts_in(secrets_folder) == before
    assert "recruitment" in capsys.readouterr().err


def test_rotated_passwords_reach_the_roles_on_kubernetes(secrets_folder, monkeypatch):
    before = kubernetes.secrets(texts_in(secrets_folder))
    monkeypatch.setattr("sys.argv", ["rotation", "hdr"])
    rotation.main()

    after = kubernetes.secrets(texts_in(secrets_folder))

    changed = {a["metadata"]["name"] for a, b in zip(after, before, strict=True) if a != b}
    assert changed == {
        *("hdr", "hdr-migration", "hdr-owner-role", "hdr-runtime-role"),
        "rabbitmq-definitions",
    }
