"""``make rotate-secrets NAME=hdr``: new secrets for one service, or one new secret of its own.

Writes the files of ``secrets/`` anew, in their places: running containers see the new text. The
servers are told by the commands of docs/operations.md.
"""

from __future__ import annotations

import json
import sys
from urllib.parse import urlsplit

from deploy import secret_files
from deploy.secret_files import SOURCES

ALONE = ("secret-key", "postgres-password", "grafana-password")
"""Secrets that nothing else is made from."""


def rotate(name: str, texts: dict[str, str]) -> dict[str, str]:
    """Make what a name stands for anew.

    Args:
        name: A service, ``gateway``, or a secret that stands alone.
        texts: The present secrets by file name.

    Returns:
        The secrets that changed.

    Raises:
        KeyError: There is no such service or secret.
    """
    fresh = secret_files.make()
    if name in ALONE:
        return {name: fresh[name]}
    if name not in SOURCES:
        raise KeyError(name)
    changed = {
        f"{name}-{kind}-url": fresh[f"{name}-{kind}-url"]
        for kind in ("broker", "database", "migration")
    }
    roles = [line.split() for line in texts["postgres-roles"].splitlines()]
    owner = _password_in(changed[f"{name}-migration-url"])
    runtime = _password_in(changed[f"{name}-database-url"])
    changed["postgres-roles"] = "\n".join(
        f"{name} {owner} {runtime}" if role == name else f"{role} {old_owner} {old_runtime}"
        for role, old_owner, old_runtime in roles
    )
    urls = {**texts, **changed}
    broker = {each: _password_in(urls[f"{each}-broker-url"]) for each in SOURCES}
    template = json.loads(secret_files.TEMPLATE.read_text("utf-8"))
    definitions = secret_files.definitions_for(broker, template)
    changed["rabbitmq-definitions"] = json.dumps(definitions, indent=2)
    return changed


def _password_in(url: str) -> str:
    return str(urlsplit(url).password)


def main() -> int:
    """Do it for the name that the first argument gives."""
    folder = secret_files.FOLDER
    if not folder.exists():
        print("error: there is no folder secrets/; run `make secrets` first.", file=sys.stderr)
        return 1
    texts = {path.name: path.read_text().strip() for path in folder.iterdir() if path.is_file()}
    try:
        changed = rotate(sys.argv[1] if len(sys.argv) > 1 else "", texts)
    except KeyError:
        print(f"Name one of: {', '.join((*SOURCES, *ALONE))}.", file=sys.stderr)
        return 2
    for name, text in changed.items():
        secret_files.put(folder / name, text + "\n")
    if (folder / secret_files.HA).exists():
        secret_files.add_high_availability(folder)
    print(f"New: {', '.join(changed)}. Now tell the servers (docs/operations.md).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
