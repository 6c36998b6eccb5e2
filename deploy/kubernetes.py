"""What the Kubernetes files take from elsewhere in the tree, so that the two cannot differ.

``files`` writes what is kept in ``deploy/k8s``: the alerts as the Prometheus operator takes them,
the statements that give a runtime role its rights. ``secrets`` prints the Secrets that the files
refer to, from the folder that ``make secrets`` made; it prints passwords: pipe it to kubectl.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml  # type: ignore[import-untyped]

from deploy.secret_files import FOLDER, ROOT, SOURCES

K8S = ROOT / "deploy" / "k8s"
ALERTS = ROOT / "deploy" / "observability" / "alerts.yml"
DATABASES = ROOT / "deploy" / "postgres" / "10-databases.sh"
MADE = "Made by `make kubernetes-files` from"


def files() -> dict[Path, str]:
    """The generated files and what they hold."""
    return {
        K8S / "base" / "rights.sql": rights(),
        K8S / "components" / "watching" / "alerts.yaml": alerts(),
    }


def rights() -> str:
    """The statements about rights of the compose file's server; the database's owner runs them.

    Raises:
        ValueError: The script has no such part any more.
    """
    found = re.search(
        r"^(REVOKE ALL ON DATABASE .*?)^\\connect [^\n]*\n(.*?)^SQL$",
        DATABASES.read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    if found is None:
        raise ValueError(f"{DATABASES} has no part with rights")
    return f"-- {MADE} {DATABASES.relative_to(ROOT)}.\n{found[1]}{found[2]}"


def alerts() -> str:
    """The alert rules as a resource of the Prometheus operator."""
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "ore"},
        "spec": yaml.safe_load(ALERTS.read_text("utf-8")),
    }
    body = yaml.safe_dump(rule, sort_keys=False, width=100)
    return f"# {MADE} {ALERTS.relative_to(ROOT)}.\n{body}"


def secrets(texts: dict[str, str]) -> list[dict[str, Any]]:
    """The Secrets, from the texts of the secret files by name.

    Passwords of database roles come from the URLs, so that roles and clients agree.
    """
    made = [
        _secret("gateway-cookies", {"secret-key": texts["secret-key"]}),
        _secret("rabbitmq-definitions", {"rabbitmq-definitions": texts["rabbitmq-definitions"]}),
    ]
    for name in SOURCES:
        used = [f"{name}-broker-url", f"{name}-database-url"]
        made.append(_secret(name, {key: texts[key] for key in used}))
        key = f"{name}-migration-url"
        made.append(_secret(f"{name}-migration", {key: texts[key]}))
        for role, url in (("owner", texts[key]), ("runtime", texts[f"{name}-database-url"])):
            made.append(_role(f"{name}-{role}-role", url))
    return made


def _role(name: str, url: str) -> dict[str, Any]:
    """A database role's name and password, read again by CloudNativePG when they change."""
    parts = urlsplit(url)
    credentials = {"username": str(parts.username), "password": str(parts.password)}
    made = _secret(name, credentials, "kubernetes.io/basic-auth")
    made["metadata"]["labels"] = {"cnpg.io/reload": "true"}
    return made


def _secret(name: str, data: dict[str, str], kind: str = "Opaque") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": kind,
        "metadata": {"name": name},
        "data": {key: base64.b64encode(text.encode()).decode() for key, text in data.items()},
    }


def main() -> int:
    """Do what the first argument names."""
    if sys.argv[1:] == ["files"]:
        for path, text in files().items():
            path.write_text(text, "utf-8")
            print(path.relative_to(ROOT))
        return 0
    if sys.argv[1:] != ["secrets"]:
        print("Name one of: files, secrets.", file=sys.stderr)
        return 2
    if not FOLDER.exists():
        print("error: there is no folder secrets/; run `make secrets` first.", file=sys.stderr)
        return 1
    found = (path for path in FOLDER.iterdir() if path.is_file())
    texts = {path.name: path.read_text("utf-8").strip() for path in found}
    print(json.dumps({"apiVersion": "v1", "kind": "List", "items": secrets(texts)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
