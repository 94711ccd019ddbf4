"""Archives opened as folders, and single files taken out of them, into ``scratch``."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from grader.errors import GradingFailed
from grader.notebook.packed import pack

from . import limits, reasons, tars, tree, zips
from .limits import Budget, Limits, Refused
from .tree import File, Folder, Ignored

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)
_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST, _MOST_BYTES = 80, 200
"""Of a name without its ending, in characters and in bytes: a file system takes 255 of these."""
_FOREIGN = (b"Rar!", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")


class Archives:
    """Opens archives under ``bound``; what has to be on disk goes into ``scratch``."""

    def __init__(
        self, scratch: Path, ignored: Ignored, bound: Limits, budget: Budget | None = None
    ) -> None:
        self._scratch, self._ignored, self._bound = scratch, ignored, bound
        self._budget = budget

    def of_student(self) -> Archives:
        """For one student's archives, which have one budget together."""
        return Archives(self._scratch, self._ignored, self._bound, Budget.of_student(self._bound))

    @contextmanager
    def opened(self, file: File) -> Iterator[Folder]:
        """The archive as a folder, whose files can be read as long as the context lasts.

        Raises:
            Refused: it is damaged or hostile as a whole. (What is wrong with single members is in
                their ``fault``.)
        """
        if file.archives >= self._bound.depth:
            raise Refused(reasons.NESTED)
        with ExitStack() as stack:
            work = Path(stack.enter_context(_work_folder(self._scratch)))
            stream = stack.enter_context(self._stream(file, work))
            yield self._folder(file, stream, work, stack)

    def extract(self, file: File) -> Path:
        """Where the file is on disk: where it was found, or its copy in ``scratch``.

        The copy's place depends on where the file came from and on nothing else. What lies on disk
        under a name that is no text (bytes of an old encoding) is copied too: the path's last part
        can be written down and printed.

        Raises:
            Refused: it is too large or damaged.
            GradingFailed: ``scratch`` cannot be written.
        """
        if file.path is not None and _is_text(file.path.name):
            return file.path
        source = file.source.encode("utf-8", "surrogatepass")
        whence = os.fsencode(file.path) if file.path else source
        place = hashlib.sha256(whence).hexdigest()[:16]
        target = self._scratch / place / fit_for_disk(file.name)
        try:
            with file.open() as stream:
                _write(stream, target, self._bound.file)
        except OSError as error:
            raise Refused(reasons.forbidden(error)) from error
        return target

    def packed(self, file: File, modules: Sequence[File]) -> Path:
        """The file and the modules that it imports as one archive in ``scratch``.

        Raises as :meth:`extract`.
        """
        place = hashlib.sha256(f"{file.source}\0packed".encode("utf-8", "surrogatepass"))
        target = (
            self._scratch / place.hexdigest()[:16] / f"{tree.stem(fit_for_disk(file.name))}.zip"
        )
        content = {each.name: self._content(each) for each in (file, *modules)}
        data = pack(file.name, content.pop(file.name), content)
        _write(io.BytesIO(data), target, self._bound.file)
        return target

    def _content(self, file: File) -> bytes:
        try:
            with file.open() as stream:
                return b"".join(limits.chunks(stream, self._bound.file))
        except OSError as error:
            raise Refused(reasons.forbidden(error)) from error

    def _folder(self, file: File, stream: IO[bytes], work: Path, stack: ExitStack) -> Folder:
        depth, budget = file.archives + 1, self._budget or Budget(self._bound)
        magic = stream.read(4)
        stream.seek(0)
        if magic.startswith(_FOREIGN):
            raise Refused(reasons.unsupported(file.name))
        if magic.startswith(b"PK"):
            packed = stack.enter_context(zips.opened(stream, budget))
            found = zips.members(packed, file.source, depth, budget)
            return tree.from_members(tree.stem(file.name), file.source, found, self._ignored)
        plain = tars.unpacked(stream, work / "plain.tar", budget)
        if plain is not None:
            stream = stack.enter_context(plain.open("rb"))
        archive = stack.enter_context(tars.opened(stream))
        listed = tars.members(archive, file.source, depth, budget, work)
        return tree.from_members(tree.stem(file.name), file.source, listed, self._ignored)

    def _stream(self, file: File, work: Path) -> IO[bytes]:
        """The archive's bytes as a file on disk, so that its reader can go back and forth."""
        try:
            if file.path is not None:
                return file.path.open("rb")
        except OSError as error:
            raise Refused(reasons.forbidden(error)) from error
        inner = work / "inner"
        with file.open() as stream:
            _write(stream, inner, self._bound.file)
        return inner.open("rb")


def fit_for_disk(name: str) -> str:
    """The name as any disk can hold it, Windows' too; its ending stays."""
    plain = _UNFIT.sub("_", name.encode("utf-8", "replace").decode("utf-8"))
    base, ending = tree.stem(plain), plain[len(tree.stem(plain)) :]
    cut = base[:_LONGEST].encode()[:_MOST_BYTES].decode("utf-8", "ignore")
    short = cut.strip(" .") or "_"
    return f"_{short}{ending}" if _RESERVED.fullmatch(short) else f"{short}{ending}"


def _is_text(name: str) -> bool:
    """Whether a name on disk is UTF-8: Python has any other with lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _work_folder(scratch: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=scratch, prefix=".opening-")
    except OSError as error:
        raise _no_room(scratch, error) from error


def _write(stream: IO[bytes], target: Path, limit: int) -> None:
    """The stream's bytes as the file ``target``: whole, or not at all."""
    draft = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as out:
            for chunk in limits.chunks(stream, limit):
                out.write(chunk)
        draft.replace(target)
    except OSError as error:
        raise _no_room(target, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _no_room(path: Path, error: OSError) -> GradingFailed:
    said = error.strerror or str(error)
    return GradingFailed(
        f"{path}: archives cannot be unpacked there ({said}). "
        "Free some space, or choose another folder for the output."
    )
