"""A folder of pictures as a data set: one subfolder a class, of whatever the pictures are."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cifar_files import read
from PIL import Image

from grader.data import DataSet
from grader.data.folders import FolderSet
from grader.data.pictures import read_picture
from grader.data.wanted import find_folder
from grader.errors import DataUnavailable
from grader.model import Text

Array = np.ndarray[Any, Any]
SHADES = {"кошка": 40, "собака": 120, "ёж": 200}
WANTED = FolderSet("animals", Text("Звери", "Animals"), ("Animals 32X32",), (16, 12))


def picture(path: Path, shade: int, mode: str = "RGB", size: tuple[int, int] = (20, 14)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = Image.new("L", size, shade)
    kind = {".jpg": "JPEG", ".png": "PNG", ".bmp": "BMP", ".gif": "GIF"}[path.suffix]
    grey.convert(mode).save(path, kind)


def folder_of(root: Path, count: int = 20, classes: dict[str, int] | None = None) -> Path:
    for name, shade in (classes or SHADES).items():
        for number in range(count):
            picture(root / name / f"{number}.png", shade, size=(20 + number, 14))
    return root


def found(root: Path, cache: Path, **options: Any) -> DataSet:
    return find_folder(WANTED, places=[root], cache=cache, **options)


def test_one_subfolder_a_class(tmp_path: Path) -> None:
    """Classes are numbered by name, Cyrillic ones too; each part has pictures of every class."""
    folder_of(tmp_path / "data" / "Animals 32X32")
    got = found(tmp_path / "data", tmp_path / "cache")
    assert got.classes == ("кошка", "собака", "ёж")
    assert (got.shape, got.class_count, got.stand_in) == ((16, 12, 3), 3, False)
    x, y = read(got, "train_x"), read(got, "train_y")
    assert np.bincount(y).tolist() == [14, 14, 14]
    assert np.bincount(got.val_y).tolist() == np.bincount(got.test_y).tolist() == [3, 3, 3]
    assert [int(x[row].mean()) for row in range(42)] == [[40, 120, 200][label] for label in y]
    assert not list(got.folder.glob("val_y*"))


def test_the_split_is_the_same_everywhere_and_stays(tmp_path: Path) -> None:
    """Another copy, with its accents written as macOS writes them, is split alike."""
    first = found(folder_of(tmp_path / "a" / "animals").parent, tmp_path / "cache")
    apart = {unicodedata.normalize("NFD", name): shade for name, shade in SHADES.items()}
    copy = folder_of(tmp_path / "b" / "animals", classes=apart)
    assert found(copy.parent, tmp_path / "cache").digest == first.digest
    assert found(copy.parent, tmp_path / "other cache").digest == first.digest


def test_a_changed_folder_is_read_again(tmp_path: Path) -> None:
    """Decoded pictures are kept, and forgotten when a file changes."""
    root = folder_of(tmp_path / "animals")
    first = found(tmp_path, tmp_path / "cache")
    assert found(tmp_path, tmp_path / "cache").folder == first.folder
    picture(root / "ёж" / "new.png", 7)
    assert found(tmp_path, tmp_path / "cache").digest != first.digest


def test_train_and_test_as_they_are_given(tmp_path: Path) -> None:
    """Folders called train and test are that; validation pictures come from train."""
    folder_of(tmp_path / "animals" / "train", 20)
    folder_of(tmp_path / "animals" / "test", 5)
    got = found(tmp_path, tmp_path / "cache")
    assert got.classes == ("кошка", "собака", "ёж")
    assert len(got.test_y) == 15
    assert len(got.val_y) + len(read(got, "train_y")) == 60


def test_pictures_of_every_kind(tmp_path: Path) -> None:
    """Grey, palette, transparent, 16-bit, CMYK and tiny pictures come out as RGB of one size."""
    modes = {"a.png": "L", "b.png": "P", "c.png": "RGBA", "d.jpg": "CMYK", "e.gif": "P",
             "f.bmp": "RGB", "g.png": "LA", "h.png": "1"}  # fmt: skip
    for name, mode in modes.items():
        picture(tmp_path / name, 255, mode, size=(1, 300))
        got = read_picture(tmp_path / name, (16, 12))
        assert got is not None, name
        assert got.shape == (16, 12, 3)
        assert got.min() > 250
    Image.fromarray(np.full((9, 9), 40_000, np.uint16)).save(tmp_path / "deep.png")
    deep = read_picture(tmp_path / "deep.png", (4, 4))
    assert deep is not None
    assert deep.max() == 155


def test_transparent_means_white(tmp_path: Path) -> None:
    """What is transparent shows the white ground below."""
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(tmp_path / "glass.png")
    got = read_picture(tmp_path / "glass.png", (4, 4))
    assert got is not None
    assert got.min() == 255


def test_a_few_damaged_pictures_are_left_out(tmp_path: Path) -> None:
    """A file that is no picture is left out and told; one that is hidden is not even tried."""
    root = folder_of(tmp_path / "animals")
    (root / "кошка" / "0.png").write_bytes(b"not a picture")
    (root / "ёж" / "._0.png").write_bytes(b"macOS's own")
    (root / "ёж" / "Thumbs.db").write_bytes(b"Windows's own")
    told: list[str] = []
    got = found(tmp_path, tmp_path / "cache", progress=told.append)
    assert len(read(got, "train_y")) + len(got.val_y) + len(got.test_y) == 59
    assert any("1 damaged pictures" in line and "кошка/0.png" in line for line in told)
    assert "1 damaged" in got.source.en


@pytest.mark.parametrize(
    ("count", "damaged", "reason"),
    [(20, 9, "9 pictures are damaged"), (6, 0, "class кошка has 6 pictures, and 10 are needed")],
)
def test_a_folder_that_will_not_do(tmp_path: Path, count: int, damaged: int, reason: str) -> None:
    """Too few pictures, or too many damaged ones, are refused in words, never graded on."""
    root = folder_of(tmp_path / "animals", count)
    for number in range(damaged):
        (root / "кошка" / f"{number}.png").write_bytes(b"")
    with pytest.raises(DataUnavailable, match=reason):
        found(tmp_path, tmp_path / "cache")


def test_the_folder_itself_may_be_named(tmp_path: Path) -> None:
    """--data-dir may be the folder of classes, whatever it is called."""
    root = folder_of(tmp_path / "my pictures")
    got = find_folder(WANTED, data_dir=root, cache=tmp_path / "cache")
    assert got.classes == ("кошка", "собака", "ёж")


def test_no_folder(tmp_path: Path) -> None:
    """Where there is no such folder, generated pictures of the stated size stand in, and say so."""
    small = FolderSet("animals", WANTED.title, (), (8, 8))
    told: list[str] = []
    got = find_folder(small, places=[tmp_path], cache=tmp_path / "cache", progress=told.append)
    assert got.stand_in
    assert (got.shape, got.class_count) == ((8, 8, 3), 10)
    assert "provisional" in told[0]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    """A link to another folder is no class."""
    root = folder_of(tmp_path / "animals")
    (root / "link").symlink_to(root / "ёж")
    assert found(tmp_path, tmp_path / "cache").class_count == 3
