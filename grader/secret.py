"""What no notebook can know: the installation's secret, from which trials after a training follow.

A notebook knows its own digest (it may contain its own text) and the seed. Were a trial drawn from
those two alone, it could be worked out beforehand. The secret never goes to a kernel in which a
notebook runs; a machine that grades for another gets it with the work.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from .errors import UsageError

NAME = "GRADER_SECRET"
LEAST = 16
"""Characters: fewer could be guessed."""
FILE = "secret"


def secret(cache: Path) -> bytes:
    """That of ``GRADER_SECRET``; else the one in the cache, which is made where there is none.

    Where none can be kept, it lasts as long as this process.

    Raises:
        UsageError: it is too short to be one, or cannot be read.
    """
    named = os.environ.get(NAME)
    if named is not None:
        return _long(named.encode(), NAME)
    return _kept(cache / FILE)


def fingerprint(secret: bytes) -> str:
    """By which two grades tell whether they were made with one secret; it gives nothing away."""
    return hmac.new(secret, b"fingerprint", hashlib.sha256).hexdigest()[:12]


def entropy(secret: bytes, seed: int, sha256: str) -> int:
    """What the trial of one submission (its file's ``sha256``) is drawn from: 256 bits."""
    told = hmac.new(secret, f"trial {seed} {sha256}".encode(), hashlib.sha256)
    return int.from_bytes(told.digest())


@functools.cache
def _kept(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return _long(path.read_bytes(), str(path))
    except OSError as error:
        if path.exists():
            raise UsageError(f"{path}: the grader's secret cannot be read: {error}") from error
        return secrets.token_hex().encode()


def _make(path: Path) -> None:
    """Whole or not at all, readable by its owner alone; another process may be as far."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex().encode())
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        made.unlink()


def _long(found: bytes, where: str) -> bytes:
    if len(found) < LEAST:
        raise UsageError(
            f"{where}: the grader's secret has {len(found)} bytes and needs {LEAST} at least: "
            "students must not guess it; make one with `openssl rand -hex 32`"
        )
    return found
