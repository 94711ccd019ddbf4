"""What a grade was made with: versions, recorded in it and part of every cache key."""

from __future__ import annotations

import functools
import platform
from importlib import metadata

PACKAGES = {
    "grader": ("grader",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tf-nightly", "tensorflow-macos"),
    "keras": ("keras", "keras-nightly"),
    "tf_keras": ("tf-keras", "tf-keras-nightly"),
    "numpy": ("numpy",),
    "ipykernel": ("ipykernel",),
}
"""By the name that is imported: the distributions that it comes in."""


@functools.cache
def versions() -> dict[str, str]:
    """Python's and the packages' versions, without importing any of them."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package, names in PACKAGES.items():
        installed = (version for name in names if (version := _version(name)) is not None)
        found[package] = next(installed, "missing")
    return found


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
