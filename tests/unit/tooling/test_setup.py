"""What the set-up takes from pip's configuration, and which packages a folder gets."""

import os

import pytest

from tooling import environment, steps

INDEX, CERTIFICATES = "https://index.test/simple", "/certificates.pem"


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine on which nobody has configured pip, uv or npm; its folder of pip's files."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_", "SSL_", "NODE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.setattr(steps, "PIP_OF_MACHINE", tmp_path / "etc" / "pip.conf")
    monkeypatch.setattr(steps, "PIP_OF_PYTHON", tmp_path / "python" / "pip.conf")
    steps.settings_from_pip.cache_clear()
    yield tmp_path
    steps.settings_from_pip.cache_clear()


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_machine_without_configuration_sets_nothing(machine):
    assert steps.settings_from_pip() == {}


def test_uv_and_npm_are_told_what_pip_is_told_in_its_files(machine):
    write(machine / "etc/pip/pip.conf", f"[global]\ncert = {CERTIFICATES}\nindex-url = elsewhere\n")
    write(machine / "home/.config/pip/pip.conf", f"[install]\nindex_url = {INDEX}\n")

    assert steps.settings_from_pip() == {
        "SSL_CERT_FILE": CERTIFICATES,
        "NODE_EXTRA_CA_CERTS": CERTIFICATES,
        "UV_DEFAULT_INDEX": INDEX,
    }


def test_a_variable_goes_before_a_file_and_the_named_file_before_the_others(machine, monkeypatch):
    write(machine / "home/.config/pip/pip.conf", "[global]\nindex-url = elsewhere\ncert = c\n")
    write(machine / "named.conf", f"[global]\ncert = {CERTIFICATES}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(machine / "named.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", INDEX)

    settings = steps.settings_from_pip()

    assert (settings["UV_DEFAULT_INDEX"], settings["SSL_CERT_FILE"]) == (INDEX, CERTIFICATES)


def test_files_are_left_alone_where_pip_leaves_them_alone(machine, monkeypatch):
    write(machine / "etc/pip.conf", f"[global]\nindex-url = {INDEX}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)

    assert steps.settings_from_pip() == {}


def test_what_uv_is_told_itself_stays(machine, monkeypatch):
    write(machine / "etc/pip/pip.conf", f"[global]\nindex-url = elsewhere\ncert = {CERTIFICATES}\n")
    monkeypatch.setenv("UV_DEFAULT_INDEX", INDEX)
    monkeypatch.setenv("SSL_CERT_FILE", "own.pem")

    assert steps.settings_from_pip() == {"NODE_EXTRA_CA_CERTS": CERTIFICATES}


def test_who_only_runs_the_platform_gets_no_tools_of_development(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "STAMPS", tmp_path)

    assert environment.lock_for(to_run=True).stem == "cli"
    assert environment.lock_for(to_run=False).stem == "dev"


def test_who_has_the_tools_of_development_keeps_them(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "STAMPS", tmp_path)
    (tmp_path / "dev").write_text("of another day\n")

    assert environment.lock_for(to_run=True).stem == "dev"
