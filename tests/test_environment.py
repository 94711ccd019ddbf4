"""The environment that a grade records: versions, found without importing what they are of."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

import pytest

from grader import environment


@pytest.fixture(autouse=True)
def _uncached() -> Iterator[None]:
    environment.versions.cache_clear()
    yield
    environment.versions.cache_clear()


def test_versions_are_those_of_this_machine() -> None:
    """Python, machine, NumPy and TensorFlow are told as they are installed."""
    told = environment.versions()
    assert told["python"] == platform.python_version()
    assert told["machine"] == platform.machine()
    assert told["numpy"] == metadata.version("numpy")
    assert set(told) == {
        "python", "machine", "grader", "tensorflow", "keras", "tf_keras", "numpy", "ipykernel"
    }  # fmt: skip


@pytest.mark.parametrize("installed", ["tensorflow", "tensorflow-cpu", "tf-nightly"])
def test_tensorflow_has_several_names(monkeypatch: pytest.MonkeyPatch, installed: str) -> None:
    """TensorFlow is found under any name that it is published as."""

    def version(name: str) -> str:
        if name == installed:
            return "2.99.0"
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    assert environment.versions()["tensorflow"] == "2.99.0"
    assert environment.versions()["keras"] == "missing"


def test_nothing_heavy_is_imported() -> None:
    """To know TensorFlow's version takes no TensorFlow."""
    code = (
        "import sys; from grader import environment; environment.versions();"
        "assert not {'tensorflow', 'keras', 'numpy'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
