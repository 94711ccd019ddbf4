"""Modules that a notebook imports and that only record how they are used while it is graded."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from .checks import Part

Plain = str | int | float | bool | None


class RecordedCallable(Part):
    """A class or function of a recorded module whose arguments are known by name."""

    name: str = Field(description="Below the module, with dots: `KerasLayer`, `drive.mount`.")
    parameters: dict[str, Plain] = Field(
        default_factory=dict, description="In the order of its signature, with their defaults."
    )
    layer: int | None = Field(
        None, ge=1, description="It makes a Keras layer: (N, …, C) to (N, so many)."
    )


class RecordedModule(Part):
    """Importing it, and whatever is done with it, works and is noted; it does nothing."""

    name: str = Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")
    callables: tuple[RecordedCallable, ...] = ()

    def for_kernel(self) -> dict[str, Any]:
        """As plain values, for the wire."""
        return {"name": self.name, "callables": [c.model_dump() for c in self.callables]}
