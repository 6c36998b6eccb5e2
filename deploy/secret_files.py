"""Makes what nobody may guess: ``make secrets`` writes it to ``secrets/``, once.

Each file is a secret of the compose file. The folder is closed to everyone else on the machine; the
files in it are readable, because containers read them with users of their own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "secrets"
TEMPLATE = ROOT / "deploy" / "rabbitmq" / "definitions.template.json"
VHOST = "ore"
SOURCES: dict[str, tuple[str, ...]] = {
    "recruitment": (),
    "advisory": ("recruitment", "hdr"),
    "hdr": ("recruitment", "advisory"),
    "monitoring": ("hdr",),
    "gateway": ("recruitment", "advisory", "hdr", "monitoring"),
}
"""Each user of the broker, and whose events it takes: as `Component.sources` says."""
UUID = "[0-9a-f]{8}-[0-9a-f-]{27}"
SHARED = r"nameko-rpc|ore\.events|ore\.unrouted"
NOTHING = "^$"


def main() -> int:
    """Write the files; a folder that is there is left alone, for passwords live in volumes too."""
    if FOLDER.exists():
        print("secrets/ is there already: nothing was changed.")
        return 0
    draft = FOLDER.with_suffix(".draft")
    draft.mkdir(mode=0o700, exist_ok=True)
    for name, text in make().items():
        (draft / name).write_text(text + "\n")
        (draft / name).chmod(0o444)
    draft.rename(FOLDER)
    print("secrets/ was made. Keep a copy where the backups are kept.")
    return 0


def make() -> dict[str, str]:
    """New secrets, by file name."""
    files = {name: _password() for name in ("secret-key", "postgres-password", "grafana-password")}
    broker: dict[str, str] = {}
    roles = []
    for name in SOURCES:
        owner, runtime, broker[name] = _password(), _password(), _password()
        roles.append(f"{name} {owner} {runtime}")
        place = f"postgres:5432/{name}"
        files[f"{name}-migration-url"] = f"postgresql://{name}_owner:{owner}@{place}"
        files[f"{name}-database-url"] = f"postgresql://{name}_runtime:{runtime}@{place}"
        files[f"{name}-broker-url"] = f"amqp://{name}:{broker[name]}@rabbitmq:5672/{VHOST}"
    files["postgres-roles"] = "\n".join(roles)
    definitions = definitions_for(broker, json.loads(TEMPLATE.read_text()))
    files["rabbitmq-definitions"] = json.dumps(definitions, indent=2)
    return files


def definitions_for(passwords: dict[str, str], template: dict[str, Any]) -> dict[str, Any]:
    """The broker's definitions: the template with a user for each service and its permissions."""
    return {
        **template,
        "users": [
            {
                "name": name,
                "password_hash": _hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for name, password in passwords.items()
        ],
        "permissions": [{"vhost": VHOST, "user": name, **permissions(name)} for name in passwords],
        "topic_permissions": [
            {"vhost": VHOST, "user": name, "exchange": exchange, **allowed}
            for name in passwords
            for exchange, allowed in topic_permissions(name).items()
        ],
    }


def permissions(name: str) -> dict[str, str]:
    """Which exchanges and queues a user may declare, write to and read from."""
    own = rf"ore\.{name}|rpc-{name}|rpc\.reply-ore-{UUID}"
    everything = f"^({SHARED}|{own})$"
    return {"configure": everything, "write": everything, "read": everything}


def topic_permissions(name: str) -> dict[str, dict[str, str]]:
    """With which routing keys a user may publish (write) and bind (read)."""
    is_service = name != "gateway"
    methods = "read_feed" if is_service else "[a-z_]+"
    called = [rf"({'|'.join(SOURCES[name])})\.{methods}"] if SOURCES[name] else []
    asked = [*called, *([rf"{name}\.report_status"] if is_service else []), UUID]
    answers = [UUID, *([rf"{name}\.\*"] if is_service else [])]
    return {
        "nameko-rpc": {"write": f"^({'|'.join(asked)})$", "read": f"^({'|'.join(answers)})$"},
        "ore.events": {
            "write": rf"^{name}\." if is_service else NOTHING,
            "read": rf"^({'|'.join(SOURCES[name])})\.#$" if SOURCES[name] else NOTHING,
        },
    }


def _password() -> str:
    return secrets.token_hex(24)


def _hash(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


if __name__ == "__main__":
    sys.exit(main())
