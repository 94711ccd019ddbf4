"""What a grade was made with: versions, recorded in it and part of every cache key."""

from __future__ import annotations

import functools
import platform
from importlib import metadata

PACKAGES = ("grader", "tensorflow", "keras", "numpy", "ipykernel")


@functools.cache
def versions() -> dict[str, str]:
    """Python's and the packages' versions, without importing any of them."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "missing"
    return found
