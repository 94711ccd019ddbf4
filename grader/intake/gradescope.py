"""Who handed in what, as the file beside a Gradescope export's folders tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from . import names, reasons
from .limits import Refused
from .tree import Folder

METADATA = ("submission_metadata.yml", "metadata.yml")
_LARGEST = 32 * 2**20


@dataclass(frozen=True)
class Submitter:
    """One of the students of one submission."""

    id: str
    name: str
    email: str
    time: datetime | None


def read(folder: Folder) -> dict[str, list[Submitter]]:
    """Submitters by the name of their submission's folder; empty where no such file is.

    Only the export's own file, beside the folders, is believed: one inside a folder is a student's.

    Raises:
        Refused: it cannot be read.
    """
    file = next((f for f in folder.files if f.name in METADATA), None)
    if file is None:
        return {}
    from ruamel.yaml import YAML  # slow to load, and few classes need it
    from ruamel.yaml.error import YAMLError

    with file.open() as stream:
        raw = stream.read(_LARGEST + 1)
    if len(raw) > _LARGEST:
        raise Refused(reasons.too_large(_LARGEST))
    try:
        value = YAML(typ="safe", pure=True).load(raw.decode("utf-8-sig"))
    except (YAMLError, ValueError, RecursionError) as error:
        raise Refused(reasons.unreadable_metadata(str(error).partition("\n")[0])) from error
    if not isinstance(value, Mapping):
        raise Refused(reasons.unreadable_metadata(type(value).__name__))
    return {str(name): _submitters(record) for name, record in value.items()}


def _submitters(record: object) -> list[Submitter]:
    listed = _get(record, "submitters")
    time = _time(_get(record, "created_at"))
    people = listed if isinstance(listed, list) else []
    return [
        Submitter(_text(_get(p, "sid")), _text(_get(p, "name")), _text(_get(p, "email")), time)
        for p in people
    ]


def _get(record: object, name: str) -> Any:
    """A value by its name, which the export writes as ``:name``."""
    if not isinstance(record, Mapping):
        return None
    return record.get(f":{name}", record.get(name))


def _text(value: object) -> str:
    return names.tidy(str(value)) if isinstance(value, str | int) else ""


def _time(value: object) -> datetime | None:
    """YAML's own times have no zone where they are in UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return (
        datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, date)
        else None
    )
