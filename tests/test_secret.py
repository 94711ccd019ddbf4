"""What no notebook can know: how the installation's secret is kept and what follows from it."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import secret as secrets_of
from grader.errors import UsageError
from grader.preparing import Options
from grader.secret import entropy, fingerprint, secret

SECRETS = st.binary(min_size=16, max_size=64)
ASK = """
import pathlib, sys
from grader.secret import secret
print(secret(pathlib.Path(sys.argv[1])).decode())
"""


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(secrets_of.NAME, raising=False)


def test_processes_that_start_together_share_one(tmp_path: Path) -> None:
    """Whoever comes first makes it; all read the same, and its owner alone can."""
    cache = tmp_path / "cache"
    asked = [
        subprocess.Popen([sys.executable, "-c", ASK, str(cache)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    told = {process.communicate()[0].strip() for process in asked}
    assert told == {(cache / "secret").read_text()}
    assert len(told.pop()) == 64
    assert stat.S_IMODE((cache / "secret").stat().st_mode) == 0o600
    assert [path.name for path in cache.iterdir()] == ["secret"]


def test_several_machines_may_share_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that the environment names counts, and nothing is written then."""
    monkeypatch.setenv(secrets_of.NAME, "the course's very own")
    assert secret(tmp_path) == b"the course's very own"
    assert not list(tmp_path.iterdir())


def test_one_that_can_be_guessed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty or short secret is none, and the message says what to do."""
    (tmp_path / "secret").write_text("")
    with pytest.raises(UsageError, match="openssl rand"):
        secret(tmp_path)
    monkeypatch.setenv(secrets_of.NAME, "short")
    with pytest.raises(UsageError, match=r"GRADER_SECRET: .* has 5 bytes and needs 16"):
        secret(tmp_path)


def test_where_none_can_be_kept_it_lasts_as_long_as_the_process(tmp_path: Path) -> None:
    """A cache that cannot be written takes no grade away."""
    (tmp_path / "file").touch()
    first = secret(tmp_path / "file" / "cache")
    assert first == secret(tmp_path / "file" / "cache")
    assert len(first) == 64


def test_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder in its place is no secret, and no new one is made in silence."""
    (tmp_path / "secret").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        secret(tmp_path)


@given(SECRETS, SECRETS, st.integers(0, 2**40), st.text())
def test_all_of_it_counts(one: bytes, other: bytes, seed: int, sha256: str) -> None:
    """The same of all is the same; another secret or seed is another draw, in grades too."""
    assert entropy(one, seed, sha256) == entropy(one, seed, sha256)
    assert entropy(one, seed, sha256) != entropy(one, seed + 1, sha256)
    same = one.rstrip(b"\0") == other.rstrip(b"\0")  # a key is filled up with zeros
    assert (entropy(one, seed, sha256) == entropy(other, seed, sha256)) is same
    assert (fingerprint(one) == fingerprint(other)) is same
    assert one.hex() not in fingerprint(one)


def test_options_do_not_show_it() -> None:
    """A traceback or a log that prints the options tells nobody."""
    assert "very secret" not in repr(Options(secret=b"a very secret thing"))
