"""One checksummed file from the network, or a quick word that it cannot be had."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

CONNECT_SECONDS = 3.0
READ_SECONDS = 20.0


def fetch(url: str, md5: str, folder: Path, progress: Callable[[str], None]) -> Path | None:
    """The file at ``url``, kept in ``folder``; None where it cannot be had, with the reason told.

    A host that does not answer is given up after :data:`CONNECT_SECONDS`, looking its name up
    included; a download that stalls, after :data:`READ_SECONDS`. A file of another checksum is
    deleted. Proxies are taken from the environment.
    """
    import pooch  # type: ignore[import-untyped]
    import requests

    reason = _unreachable(url)
    if reason is None:
        progress(f"Downloading {url}")
        logging.getLogger(pooch.get_logger().name).setLevel(logging.WARNING)
        downloader = pooch.HTTPDownloader(timeout=(CONNECT_SECONDS, READ_SECONDS))
        try:
            return Path(
                pooch.retrieve(
                    url,
                    known_hash=f"md5:{md5}",
                    fname=Path(url).name,
                    path=folder,
                    downloader=downloader,
                )
            )
        except (requests.RequestException, OSError, ValueError) as error:
            reason = _brief(error)
    progress(f"{url} cannot be downloaded: {reason}")
    return None


def _unreachable(url: str) -> str | None:
    """Why ``url`` does not answer, or None where it does.

    Looking a name up has no timeout of its own, so it is done in a thread that nobody waits for.
    """
    import requests

    outcome: list[str | None] = []

    def ask() -> None:
        try:
            with requests.head(url, timeout=CONNECT_SECONDS, allow_redirects=True) as answer:
                answer.raise_for_status()
            outcome.append(None)
        except requests.RequestException as error:
            outcome.append(_brief(error))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS + 1)
    return outcome[0] if outcome else f"no answer within {CONNECT_SECONDS:.0f} s"


def _brief(error: Exception) -> str:
    """The innermost reason: the outer ones repeat the address and an object's name."""
    while error.__context__ is not None and isinstance(error.__context__, Exception):
        error = error.__context__
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
