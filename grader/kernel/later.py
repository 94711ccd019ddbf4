"""Packages that Keras can do without are imported when something first needs them.

`import keras` imports pandas, matplotlib and OpenCV where they are there: a fifth of the CPU time
of a kernel's start, for notebooks that may use none of them. In :func:`optional` an import of them
gives a :class:`Later` instead. In the end it is taken out of ``sys.modules``, so that a notebook's
own import is an ordinary one; what Keras holds then leads to the same real module.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

OPTIONAL = {"pandas": ("DataFrame", "Series"), "matplotlib": (), "cv2": ()}
"""Packages, and those of their classes that Keras asks for while it is imported."""


class Later(ModuleType):
    """A module that is imported when it is first asked for something."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or sys.modules.get(self.__name__) is self:
            raise AttributeError(name)  # then Python looks for a submodule of that name
        return getattr(importlib.import_module(self.__name__), name)


class _Class(type):
    """A class of such a module, for ``isinstance``: before that is imported, nothing is one."""

    def __instancecheck__(cls, value: object) -> bool:
        real = getattr(sys.modules.get(cls.__module__), cls.__name__, cls)
        return real is not cls and isinstance(value, real)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a :class:`Later` in the place of each optional package that is there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        package = fullname.partition(".")[0]
        if package not in OPTIONAL or importlib.machinery.PathFinder.find_spec(package) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return Later(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        for name in OPTIONAL.get(module.__name__, ()):
            setattr(module, name, _Class(name, (), {"__module__": module.__name__}))


@contextmanager
def optional() -> Iterator[None]:
    """Until the block's end, optional packages that were not imported before are put off."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [n for n, module in sys.modules.items() if isinstance(module, Later)]:
            del sys.modules[name]
