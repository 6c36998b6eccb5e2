"""Front-end files come out of packages that are exactly those of the lock file."""

import base64
import hashlib
import io
import tarfile

import pytest

from tooling.frontend import Package, archive_of
from tooling.steps import SetupError


@pytest.fixture
def archive(tmp_path):
    """A package as npm packs one: everything below ``package/``."""
    path = tmp_path / "shapes-1.0.0.tgz"
    with tarfile.open(path, "w:gz") as packed:
        for name, text in {"dist/map.js": "Łódź", "images/dot.svg": "<svg/>"}.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    return path


def integrity_of(content):
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"


def test_a_file_is_read_out_of_the_archive_that_was_locked(archive):
    package = Package(archive, integrity_of(archive.read_bytes()))

    assert package.text("dist/map.js") == "Łódź"
    assert [str(path) for path in package.paths()] == ["dist/map.js", "images/dot.svg"]


def test_an_archive_other_than_the_locked_one_is_refused(archive):
    with pytest.raises(SetupError, match=r"shapes-1\.0\.0\.tgz .* sha512 differs"):
        Package(archive, integrity_of(b"another one"))


def test_a_file_that_the_package_no_longer_has_is_named(archive):
    package = Package(archive, integrity_of(archive.read_bytes()))

    with pytest.raises(SetupError, match=r"shapes-1\.0\.0\.tgz has no dist/gone\.js"):
        package.text("dist/gone.js")


@pytest.mark.parametrize(
    ("name", "archive"),
    [("htmx.org", "htmx.org-2.0.11.tgz"), ("@moj/frontend", "moj-frontend-2.0.11.tgz")],
)
def test_npm_names_archives_after_package_and_version(name, archive):
    assert archive_of(name, "2.0.11") == archive
