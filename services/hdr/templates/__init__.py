"""The templates as data files, ``<kind>.v<version>.json``, and how to get at them.

A file is never edited once a document was written with it: a new wish is a new version.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from services.hdr.domain.errors import UnknownTemplateError
from services.hdr.domain.template import Template

HDR = "HDR"
"""Kind of the HDR's own template; the others are named by the codes of the summary forms."""

_FILE_NAME = re.compile(r"(?P<kind>[a-z_]+)\.v(?P<version>[1-9][0-9]*)\.json")


@cache
def available() -> dict[str, tuple[int, ...]]:
    """Versions that exist of each kind, oldest first."""
    versions: dict[str, list[int]] = {}
    for entry in files(__name__).iterdir():
        if match := _FILE_NAME.fullmatch(entry.name):
            versions.setdefault(match["kind"].upper(), []).append(int(match["version"]))
    return {kind: tuple(sorted(found)) for kind, found in sorted(versions.items())}


@cache
def template(kind: str, version: int) -> Template:
    """One version of a template.

    Raises:
        UnknownTemplateError: There is no such kind, or no such version of it.
    """
    if version not in available().get(kind, ()):
        raise UnknownTemplateError(kind=kind, template_version=version)
    file = files(__name__) / f"{kind.lower()}.v{version}.json"
    return Template.model_validate(json.loads(file.read_text(encoding="utf-8")))


def newest_version(kind: str, at_most: int | None = None) -> int:
    """Newest version of a kind, not above ``at_most`` unless all are.

    An edition may ask for a version that this release does not bring yet: work goes on with the
    newest one below it.

    Raises:
        UnknownTemplateError: There is no such kind.
    """
    versions = available().get(kind, ())
    if not versions:
        raise UnknownTemplateError(kind=kind, template_version=at_most)
    wanted = [version for version in versions if at_most is None or version <= at_most]
    return max(wanted, default=versions[0])
