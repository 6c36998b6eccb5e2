"""Stamps: small files that say for which input a step was last done."""

import hashlib
from pathlib import Path


def digest(*files: Path) -> str:
    """Return one fingerprint of the files' contents, in the order given."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """Tell whether the step was last done for this fingerprint."""
    return stamp.is_file() and stamp.read_text().strip() == wanted


def mark(stamp: Path, done: str) -> None:
    """Say that the step is done for this fingerprint."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(done + "\n")
