"""Where data sets may lie: the folders that are searched, and what is in them by name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from grader.data import datacache
from grader.data.datacache import DataSet
from grader.data.datasets import Entry, Form
from grader.data.published import ENTRIES
from grader.errors import UsageError
from grader.model import Text

SYSTEM = Path("/usr/share/datasets")


@dataclass(frozen=True)
class Place:
    """A place where a data set may be: ``where`` is a path or an address."""

    where: str
    what: Text
    found: bool
    how: Text
    """What to do to have it found here."""


def search_folders(data_dir: Path | None, course: Path | None) -> tuple[Path, ...]:
    """Where data may lie, best first: ``data_dir``, ``GRADER_DATA``, the course, Keras's cache,
    and the folder in which Debian's packages put theirs.

    ``GRADER_DATA`` may name several, separated as in ``PATH``. Folders that do not exist are
    among them: :func:`survey` shows them.

    Raises:
        UsageError: ``data_dir`` does not exist.
    """
    if data_dir is not None and not data_dir.exists():
        raise UsageError(
            f"--data-dir {data_dir} does not exist. Give a folder or a file that does."
        )
    named = [Path(part) for part in os.environ.get("GRADER_DATA", "").split(os.pathsep) if part]
    near = [] if course is None else [course / "data", course.parent / "shared" / "data"]
    keras = Path(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets"
    folders = [*([data_dir] if data_dir else []), *named, *near, keras, SYSTEM]
    return tuple(dict.fromkeys(folder.expanduser().absolute() for folder in folders))


def survey(
    name: str | Entry, *, folders: Sequence[Path] = (), cache: Path | None = None
) -> tuple[Place, ...]:
    """Every place that :func:`find` would look at, in its order; reads no image, asks no network.

    Raises:
        UsageError: no such data set.
    """
    entry, kept = entry_of(name), cache_folder(cache)
    places = [_surveyed(entry, folder) for folder in folders]
    before = decoded_before(entry, kept)
    places.append(
        Place(
            str(kept),
            before.source if before else Text(ru="разобранные раньше данные", en="decoded before"),
            before is not None,
            Text(
                ru="заполняется при первой проверке; другое место: GRADER_CACHE",
                en="filled by the first grading; GRADER_CACHE puts it elsewhere",
            ),
        )
    )
    if entry.download:
        places.append(
            Place(
                entry.download.url,
                entry.download.form.title,
                False,
                Text(
                    ru=f"скачивается сам, если есть сеть, или скачайте его и укажите --data-dir "
                    f"(MD5 {entry.download.md5})",
                    en=f"fetched when there is a network, or fetch it yourself and give --data-dir "
                    f"(MD5 {entry.download.md5})",
                ),
            )
        )
    return tuple(places)


def entry_of(name: str | Entry) -> Entry:
    """The data set of that name.

    Raises:
        UsageError: there is none.
    """
    if isinstance(name, Entry):
        return name
    for entry in ENTRIES:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in ENTRIES)
    raise UsageError(f"There is no data set {name!r}. Known ones: {known}.")


def cache_folder(cache: Path | None) -> Path:
    """Where decoded data is kept: in ``cache``, ``GRADER_CACHE`` or the user's cache folder."""
    named = cache or os.environ.get("GRADER_CACHE") or platformdirs.user_cache_dir("grader")
    return Path(named).expanduser().absolute() / "data"


def candidates(entry: Entry, folders: Sequence[Path]) -> Iterator[tuple[Form, Path]]:
    """Files and folders that go by the data set's names, best first."""
    for folder in folders:
        if _is_file(folder):
            yield from ((form, folder) for form in entry.forms if _is_a(folder, form))
            continue
        for form in entry.forms:
            for name in form.names:
                path = folder / name
                if _is_file(path / form.marker if form.marker else path):
                    yield form, path


def nothing_in(entry: Entry, data_dir: Path) -> str:
    """The message for a ``data_dir`` without any file that goes by the data set's names."""
    names = ", ".join(name for form in entry.forms for name in form.names if name != ".")
    return (
        f"--data-dir {data_dir} holds nothing that {entry.title.en} comes in. "
        f"Looked for: {names}. Give a folder with one of them, or the file itself."
    )


def decoded_before(entry: Entry, kept: Path) -> DataSet | None:
    """What an earlier call decoded of real data, the latest first, though its file has gone."""
    sizes = (entry.validation, entry.test)
    places = [*kept.glob(f"{entry.name}-file-*"), *kept.glob(f"{entry.name}-download-*")]
    for place in sorted(places, key=lambda path: path.stat().st_mtime, reverse=True):
        known = datacache.load(place)
        if known and (len(known.val_y), len(known.test_y)) == sizes:
            return known
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that this user may not enter holds nothing for him
        return False


def _is_a(file: Path, form: Form) -> bool:
    return file.name in form.names or bool(form.endings and file.name.endswith(form.endings))


def _surveyed(entry: Entry, folder: Path) -> Place:
    form, path = next(candidates(entry, (folder,)), (None, folder))
    names = tuple(name for each in entry.forms for name in each.names[:1])
    return Place(
        str(path),
        form.title if form else entry.title,
        form is not None,
        Text(ru=f"положите сюда {' или '.join(names)}", en=f"put {' or '.join(names)} here"),
    )
