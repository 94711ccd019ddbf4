"""What a file for self-checks may have called: the notebook's own functions, and nothing else.

Such a file names what is called and with what. A notebook's globals hold more than its student
wrote: ``open`` is there, and whatever was imported. None of that is called for a file's sake.
"""

from __future__ import annotations

import functools
import inspect
import sys
from pathlib import Path
from typing import Any

MAIN = "__main__"
"""The module in which a notebook's cells are run."""


def own(thing: Any, folder: Path) -> bool:
    """Whether ``thing`` was defined in the notebook, or in a module that lies in its ``folder``; a
    layer or a model that it made is its own, whoever wrote the class."""
    thing = _innermost(thing)
    made = not inspect.isroutine(thing) and not isinstance(thing, type)
    if made and hasattr(thing, "trainable_variables"):
        return True
    home = getattr(type(thing) if made else thing, "__module__", None)
    if home == MAIN:
        return True
    file = getattr(sys.modules.get(str(home)), "__file__", None)
    return file is not None and Path(file).resolve().parent == folder.resolve()


def _innermost(thing: Any) -> Any:
    """What a partial call or a ``tf.function`` is made of."""
    for _ in range(10):
        if isinstance(thing, functools.partial):
            thing = thing.func
        elif callable(getattr(thing, "python_function", None)):
            thing = thing.python_function
        else:
            break
    return thing
