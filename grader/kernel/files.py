"""Files in the notebook's working folder: those that come with it, and a case's own for a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .wire import Leaf


def lay_out(files: Mapping[str, Leaf]) -> None:
    """Write ``files`` (bytes as uint8 arrays, by relative path) into the working folder."""
    for name, leaf in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(leaf.array.tobytes())


@contextmanager
def laid_out(files: Mapping[str, Leaf]) -> Iterator[None]:
    """The same for the length of a block; what they replace is there again afterwards."""
    folder = Path.cwd()
    before = {name: _content(folder / name) for name in files}
    lay_out(files)
    try:
        yield
    finally:
        for name, content in before.items():
            if content is None:
                (folder / name).unlink(missing_ok=True)
            else:
                (folder / name).write_bytes(content)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
