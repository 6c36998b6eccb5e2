"""Makes what nobody may guess: ``make secrets`` writes it to ``secrets/``, once.

Each file is a secret of the compose file. The folder is closed to everyone else on the machine; the
files in it are readable, because containers read them with users of their own.

``make secrets HA=1`` adds ``secrets/ha/`` for `deploy/compose.ha.yml`; passwords, and a certificate
of one's own, that are there are left alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "secrets"
HA = "ha"
DATABASE_HOSTS = ("postgres", "postgres-2")
CERTIFICATE_DAYS = 397
TEMPLATE = ROOT / "deploy" / "rabbitmq" / "definitions.template.json"
DEFINITIONS = "rabbitmq-definitions"
VHOST = "ore"
SOURCES: dict[str, tuple[str, ...]] = {
    "recruitment": (),
    "advisory": ("recruitment", "hdr"),
    "hdr": ("recruitment", "advisory"),
    "monitoring": ("hdr",),
    "gateway": ("recruitment", "advisory", "hdr", "monitoring"),
}
"""Each user of the broker, and whose events it takes: as `Component.sources` says."""
SERVICES = tuple(name for name in SOURCES if name != "gateway")
UUID = "[0-9a-f]{8}-[0-9a-f-]{27}"
RPC = "nameko-rpc"
EVENTS = r"ore\.events"
NOTHING = "^$"


def main() -> int:
    """Write the files; what is there stays, for passwords live in volumes too.

    Only the broker's rights, which belong to the code, are brought up to date.
    """
    if not FOLDER.exists():
        _write_all()
    else:
        is_changed = update_definitions(FOLDER / DEFINITIONS)
        what = (
            "the broker's rights were brought up to date" if is_changed else "nothing was changed"
        )
        print(f"secrets/ is there already: {what}.")
    if "--ha" in sys.argv:
        add_high_availability(FOLDER)
        print("secrets/ha/ is whole.")
    return 0


def _write_all() -> None:
    draft = FOLDER.with_suffix(".draft")
    draft.mkdir(mode=0o700, exist_ok=True)
    for name, text in make().items():
        (draft / name).write_text(text + "\n")
        (draft / name).chmod(0o444)
    draft.rename(FOLDER)
    print("secrets/ was made. Keep a copy where the backups are kept.")


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
    files[DEFINITIONS] = _definitions(broker)
    return files


def update_definitions(path: Path) -> bool:
    """Make the broker's definitions anew with the passwords beside them.

    Returns:
        Whether they differ, apart from how passwords are hashed.
    """
    passwords = {}
    for name in SOURCES:
        url = path.with_name(f"{name}-broker-url").read_text().strip()
        passwords[name] = urlsplit(url).password or ""
    new, old = json.loads(_definitions(passwords)), json.loads(path.read_text())
    if {**new, "users": None} == {**old, "users": None}:
        return False
    put(path, json.dumps(new, indent=2) + "\n")
    return True


def _definitions(passwords: dict[str, str]) -> str:
    return json.dumps(definitions_for(passwords, json.loads(TEMPLATE.read_text())), indent=2)


def add_high_availability(folder: Path) -> None:
    """Add what the overlay needs: URLs that name both servers, and what is missing of the rest.

    Args:
        folder: With the files of `make`.
    """
    target = folder / HA
    target.mkdir(mode=0o700, exist_ok=True)
    for file in sorted([*folder.glob("*-database-url"), *folder.glob("*-migration-url")]):
        put(target / file.name, on_both_servers(file.read_text().strip()) + "\n")
    for name in ("replication-password", "erlang-cookie"):
        if not (target / name).exists():
            put(target / name, _password() + "\n")
    if not (target / "tls-certificate").exists():
        _sign_for_oneself(target / "tls-certificate", target / "tls-key")


def on_both_servers(url: str) -> str:
    """A database's URL that finds whichever of the two servers leads."""
    parts = urlsplit(url)
    hosts = "&".join(f"host={host}:{parts.port}" for host in DATABASE_HOSTS)
    place = f"{parts.username}:{parts.password}@{parts.path}?{hosts}"
    return f"{parts.scheme}://{place}&target_session_attrs=read-write"


def put(path: Path, text: str) -> None:
    """Write a secret's file in its place."""
    if path.exists():  # containers see this very file: it must not become another one
        path.chmod(0o644)
    path.write_text(text)
    path.chmod(0o444)


def _sign_for_oneself(certificate: Path, key: Path) -> None:
    """A certificate for trying out; people's browsers will rightly warn of it."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days"),
            *(str(CERTIFICATE_DAYS), "-subj", "/CN=localhost", "-addext"),
            *("subjectAltName=DNS:localhost,DNS:proxy,IP:127.0.0.1", "-keyout", str(key)),
            *("-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    for file in (certificate, key):
        file.chmod(0o444)


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
    """Which exchanges and queues a user may declare, write to and read from.

    It declares its own queues, and nameko's exchange, which nameko declares whatever is there. To
    bind a queue is to write to it and to read from the exchange. What nobody takes or can handle
    (``ore.unrouted``, ``ore.dead``) is the operators'.
    """
    own = [RPC, rf"rpc\.reply-ore-{UUID}"]
    own += [rf"rpc-{name}"] if name in SERVICES else []
    own += [rf"ore\.{name}"] if SOURCES[name] else []
    return {
        "configure": _any(own),
        "write": _any([*own, *([EVENTS] if name in SERVICES else [])]),
        "read": _any([*own, *([EVENTS] if SOURCES[name] else [])]),
    }


def topic_permissions(name: str) -> dict[str, dict[str, str]]:
    """With which routing keys a user may publish (write) and bind (read)."""
    is_service = name in SERVICES
    methods = "(read_feed|report_status)" if is_service else "[a-z_]+"
    called = [rf"({'|'.join(SOURCES[name])})\.{methods}"] if SOURCES[name] else []
    asked = [*called, *([UUID] if is_service else [])]
    answers = [UUID, *([rf"{name}\.\*"] if is_service else [])]
    return {
        RPC: {"write": _any(asked), "read": _any(answers)},
        "ore.events": {
            "write": rf"^{name}\." if is_service else NOTHING,
            "read": rf"^({'|'.join(SOURCES[name])})\.#$" if SOURCES[name] else NOTHING,
        },
    }


def _any(patterns: Iterable[str]) -> str:
    return f"^({'|'.join(patterns)})$"


def _password() -> str:
    return secrets.token_hex(24)


def _hash(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


if __name__ == "__main__":
    sys.exit(main())
