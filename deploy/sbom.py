"""Writes what is installed beside this interpreter as a CycloneDX document, for an image's build.

Of the installed distributions' own metadata, in the order of their names, without time or serial
number: equal environments give equal documents.
"""

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from typing import Any


def bill_of_materials(service: str, version: str) -> dict[str, Any]:
    """The document of one service's image."""
    found = {_name(distribution): distribution for distribution in distributions()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": f"ore-{service}", "version": version}
        },
        "components": [_component(name, found[name]) for name in sorted(found)],
    }


def _component(name: str, distribution: Distribution) -> dict[str, Any]:
    address = f"pkg:pypi/{name}@{distribution.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": distribution.version,
        "purl": address,
    }
    if "License-Expression" in distribution.metadata:
        component["licenses"] = [{"expression": distribution.metadata["License-Expression"]}]
    return component


def _name(distribution: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()


if __name__ == "__main__":
    json.dump(bill_of_materials(sys.argv[1], sys.argv[2]), sys.stdout, indent=2)
