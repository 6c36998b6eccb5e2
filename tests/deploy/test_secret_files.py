"""What `make secrets HA=1` adds beside the secrets that are there."""

import ssl

import pytest
from sqlalchemy.engine import make_url

from deploy import rotation, secret_files
from deploy.secret_files import DATABASE_HOSTS, SOURCES, add_high_availability, make
from platform_cli.backup import _connection_of

ADDED = {"erlang-cookie", "replication-password", "tls-certificate", "tls-key"}


@pytest.fixture
def folder(tmp_path):
    for name, text in make().items():
        (tmp_path / name).write_text(text + "\n")
    return tmp_path


def test_it_holds_what_the_overlay_names(folder):
    add_high_availability(folder)

    names = {path.name for path in (folder / "ha").iterdir()}
    urls = {f"{name}-{kind}-url" for name in SOURCES for kind in ("database", "migration")}
    assert names == urls | ADDED


def test_a_url_names_both_servers_and_takes_the_one_that_leads(folder):
    add_high_availability(folder)
    alone = make_url((folder / "hdr-migration-url").read_text().strip())
    both = (folder / "ha" / "hdr-migration-url").read_text().strip()

    found = _connection_of(make_url(both.replace("postgresql:", "postgresql+psycopg2:", 1)))

    assert found == {
        "PGHOST": ",".join(DATABASE_HOSTS),
        "PGPORT": "5432,5432",
        "PGUSER": "hdr_owner",
        "PGPASSWORD": alone.password,
        "PGDATABASE": "hdr",
        "PGTARGETSESSIONATTRS": "read-write",
    }


def test_passwords_and_a_certificate_that_are_there_stay(folder):
    add_high_availability(folder)
    before = {name: (folder / "ha" / name).read_text() for name in ADDED}

    add_high_availability(folder)

    assert {name: (folder / "ha" / name).read_text() for name in ADDED} == before


def test_the_certificate_fits_its_key_and_the_name_of_this_machine(folder):
    add_high_availability(folder)
    certificate = folder / "ha" / "tls-certificate"

    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
        certificate, folder / "ha" / "tls-key"
    )
    trusted = ssl.create_default_context(cafile=certificate)
    (known,) = trusted.get_ca_certs()
    assert ("DNS", "localhost") in known["subjectAltName"]


def test_a_rotation_changes_what_the_overlay_has_too_in_the_same_files(folder, monkeypatch):
    add_high_availability(folder)
    own = [f"hdr-{kind}-url" for kind in ("broker", "database", "migration")]
    files = [folder / name for name in (*own, "postgres-roles", "rabbitmq-definitions")]
    files += [folder / "ha" / name for name in own[1:]]
    others = {p for p in folder.glob("**/*") if p.is_file()} - {*files}
    before = {path: (path.stat().st_ino, path.read_text()) for path in (*files, *others)}
    monkeypatch.setattr(secret_files, "FOLDER", folder)
    monkeypatch.setattr("sys.argv", ["rotation", "hdr"])

    assert rotation.main() == 0

    for path, (place, text) in before.items():
        assert path.stat().st_ino == place  # a running container sees this very file
        assert (path.read_text() != text) == (path in files), path.name
