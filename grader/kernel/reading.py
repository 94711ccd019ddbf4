"""The probe ``read``: a value that the notebook computed, looked up and sent back as data."""

from __future__ import annotations

import time
from typing import Any

from . import faults
from .packing import pack
from .recorder import Recorder


def read(recorder: Recorder, request: dict[str, Any]) -> dict[str, Any]:
    """An item of a dict by the text of its key, or else the value of a variable."""
    import tensorflow as tf

    started = time.monotonic()
    value = _item(recorder.namespace.get(request["name"]), request["item"])
    how = f"{request['name']}[{request['item']!r}]"
    if value is None:
        value, how = recorder.namespace.get(request["variable"]), request["variable"]
    if value is None:
        return {"fault": {**faults.fault("missing", how), "defined": []}}
    seconds = time.monotonic() - started
    answer = {"case": "value", "value": {"value": pack(tf, value)}, "seconds": seconds}
    return {"answers": [answer], "found": how, "cell": None}


def _item(holder: Any, item: str) -> Any:
    if not isinstance(holder, dict):
        return None
    return next((value for key, value in holder.items() if str(key) == item), None)
