"""Takes over the official register: over the broker, or straight into an embedded platform."""

from __future__ import annotations

from pathlib import Path

from platform_cli import registry
from platform_cli.configuration import broker_url, database_url
from platform_cli.installation import environment_of, is_distributed, is_running
from platform_cli.troubles import CommandError
from shared.contracts.recruitment import ImportRegister, RegisterImportAnswer
from shared.kernel.database import Database
from shared.kernel.rpc import RpcClient

TIMEOUT_SECONDS = 120.0


def import_register(file: Path, *, is_partial: bool, folder: Path) -> RegisterImportAnswer:
    """Import a TERC file.

    Args:
        file: The official CSV file, UTF-8.
        is_partial: Whether units that it does not name are left alone.
        folder: Of the embedded platform, used when no distributed one is configured.

    Raises:
        Refusal: The file breaks the format, or is older than what is known.
        CommandError: The embedded platform is running (its page takes the file), or is not there.
        OSError, UnicodeDecodeError: The file cannot be read.
    """
    request = ImportRegister(content=file.read_text(encoding="utf-8-sig"), is_partial=is_partial)
    if is_distributed():
        rpc = RpcClient(broker_url(), timeout_seconds=TIMEOUT_SECONDS)
        return RegisterImportAnswer.model_validate(
            rpc.call("recruitment", "import_register", request)["answer"]
        )
    environment = environment_of(folder)
    if is_running(folder):
        raise CommandError(
            "The platform is running: import the file on its page /panel/rejestr, or stop it first."
        )
    database = Database(database_url("recruitment", environment))
    application = registry.load("recruitment").component.build(database)
    try:
        result = application.execute(lambda: application.import_register(request))
    finally:
        application.close()
    return RegisterImportAnswer.model_validate(result.answer)
