"""Archives are opened wherever they lie; hostile ones are refused, each with its reason."""

from __future__ import annotations

import struct
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from intake_files import (
    NOTEBOOK,
    SMALL,
    WHEN,
    intake,
    lay,
    of,
    said,
    tar_member,
    tarred,
    told,
    zip_bytes,
    zipped,
)

from grader.intake import Limits
from grader.intake.archives import fit_for_disk

IVANOV = "Иванов Иван_12345_assignsubmission_file_"
PETROV = "Петров Пётр_12346_assignsubmission_file_"

# ------------------------------------------------------------------------- good


def test_class_in_an_archive(tmp_path: Path) -> None:
    """A learning system's zip is taken in as it is, students' own archives in it too."""
    members = {
        f"{IVANOV}/lab.ipynb": NOTEBOOK,
        f"{IVANOV}/data.zip": b"never opened, for there is a notebook beside it",
        f"{PETROV}/work.zip": zip_bytes(["lab/lab.ipynb", "__MACOSX/lab/._lab.ipynb"]),
    }
    zipped(tmp_path / "class" / "CS-101-lab-77.zip", members)
    found = intake(tmp_path / "class")

    assert told(found) == {
        "12345": [f"CS-101-lab-77.zip!{IVANOV}/lab.ipynb"],
        "12346": [f"CS-101-lab-77.zip!{PETROV}/work.zip!lab/lab.ipynb"],
    }
    for entry in found.entries:
        (attempt,) = entry.attempts
        assert attempt.path.read_bytes() == NOTEBOOK
        assert attempt.path.is_relative_to(tmp_path / "scratch")
        assert attempt.path.name == "lab.ipynb"
        assert attempt.handed_in == WHEN
    assert len([path for path in (tmp_path / "scratch").rglob("*") if path.is_file()]) == 2
    assert found.problems == ()


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.xz", "w:xz"),
     ("a.tar.bz2", "w:bz2"), ("a.zip", "w:gz")],
)  # fmt: skip
def test_tar(tmp_path: Path, name: str, mode: str) -> None:
    """Tar files are opened by what they are, however packed and however called."""
    tarred(tmp_path / "class" / name, {"./ivanov/lab.ipynb": NOTEBOOK, "b/x.ipynb": b"{}"}, mode)
    found = intake(tmp_path / "class")

    assert told(found) == {"b": [f"{name}!b/x.ipynb"], "ivanov": [f"{name}!ivanov/lab.ipynb"]}
    (attempt,) = of(found, "ivanov").attempts
    assert attempt.path.read_bytes() == NOTEBOOK
    assert attempt.handed_in == WHEN


def test_archive_for_a_folder(tmp_path: Path) -> None:
    """The class's archive may be given in the place of its folder."""
    path = zipped(tmp_path / "class.zip", ["anna.ipynb", "bob.ipynb"])

    assert told(intake(path)) == {"anna": ["class.zip!anna.ipynb"], "bob": ["class.zip!bob.ipynb"]}


def test_students_own_archive(tmp_path: Path) -> None:
    """All in a student's archive is that student's, even what is called like another's hand-in."""
    root = lay(tmp_path / "class", f"{IVANOV}/lab.ipynb")
    zipped(root / f"{PETROV}/work.zip", [f"{IVANOV}/lab.ipynb"])
    zipped(root / "Олег Кузнецов.zip", [f"{IVANOV}/lab.ipynb"])
    zipped(root / "smithanna_5_6_work.zip", ["lab.ipynb", "other.ipynb"])

    assert told(intake(root)) == {
        "5": ["smithanna_5_6_work.zip!lab.ipynb"],
        "12345": [f"{IVANOV}/lab.ipynb"],
        "12346": [f"{PETROV}/work.zip!{IVANOV}/lab.ipynb"],
        "Олег Кузнецов": [f"Олег Кузнецов.zip!{IVANOV}/lab.ipynb"],
    }


@pytest.mark.parametrize("encoding", ["cp866", "cp1251", "utf-8"])
@pytest.mark.parametrize("name", ["Ада", "Щёголева Ольга", "ИВАНОВ иван", "экзамен", "Рыбьев"])
def test_russian_names(tmp_path: Path, encoding: str, name: str) -> None:
    """Names that Russian Windows wrote without telling the encoding come out readable."""
    root = zipped(tmp_path / "class" / "all.zip", [f"{name}.ipynb", "anna.ipynb"], encoding).parent

    assert told(intake(root)) == {
        "anna": ["all.zip!anna.ipynb"],
        name: [f"all.zip!{name}.ipynb"],
    }


@pytest.mark.parametrize("encoding", ["cp866", "cp1251"])
def test_names_help_one_another(tmp_path: Path, encoding: str) -> None:
    """A name too short to tell its encoding has that of the archive's other names."""
    names = ["рысь", "Иванов Иван", "албм"]
    path = zipped(tmp_path / "all.zip", [f"{name}.ipynb" for name in names], encoding)

    assert sorted(told(intake(path))) == sorted(names)


def test_western_names(tmp_path: Path) -> None:
    """Names in the encoding that zip files have by default stay what they are."""
    root = zipped(tmp_path / "class" / "all.zip", ["Müller.ipynb", "anna.ipynb"], "cp437").parent

    assert list(told(intake(root))) == ["anna", "Müller"]


def test_names_in_parts_of_utf8(tmp_path: Path) -> None:
    """One name in its decomposed form, as macOS writes it, is the same student's as the other."""
    root = lay(tmp_path / "class", "Андрей.ipynb")
    zipped(root / "more-1.zip", ["Андреи\u0306.ipynb", "Пётр.ipynb", "anna_5_6_lab.ipynb"])

    assert len(told(intake(root))["Андрей"]) == 2


def test_exact_time(tmp_path: Path) -> None:
    """Where a zip file has the time in UTC beside its local one, that one counts."""
    info = zipfile.ZipInfo("lab.ipynb", (2025, 1, 1, 0, 0, 0))
    info.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_700_000_000)
    lay(tmp_path / "class", "bob.ipynb")
    with zipfile.ZipFile(tmp_path / "class" / "Anna Smith.zip", "w") as archive:
        archive.writestr(info, NOTEBOOK)
        archive.writestr(zipfile.ZipInfo("copy/lab.ipynb"), NOTEBOOK)
    (attempt,) = of(intake(tmp_path / "class"), "Anna Smith").attempts

    assert attempt.handed_in == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("lab.ipynb", "lab.ipynb"),
        ('a<b>:"c|d?*.ipynb', "a_b___c_d__.ipynb"),
        ("NUL.ipynb", "_NUL.ipynb"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("лаба. .ipynb", "лаба.ipynb"),
        ("x" * 300 + ".ipynb", "x" * 80 + ".ipynb"),
        ("\ud800.ipynb", "_.ipynb"),
        ("😀" * 80 + ".ipynb", "😀" * 50 + ".ipynb"),
    ],
)
def test_names_on_disk(name: str, fit: str) -> None:
    """A member is written under a name that any system's disk can hold."""
    assert fit_for_disk(name) == fit


# ---------------------------------------------------------------------- hostile


def _zip(*names: str) -> Callable[[Path], object]:
    return lambda path: zipped(path, names)


def _zip_with(name: str, mode: int) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("lab.ipynb", NOTEBOOK)
            archive.writestr(info, "/etc/passwd")

    return make


def _encrypted(path: Path) -> None:
    data = bytearray(zip_bytes(["lab.ipynb"]))
    data[data.index(b"PK\3\4") + 6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)


def _wrong_checksum(path: Path) -> None:
    data = bytearray(zip_bytes(["lab.ipynb"]))
    data[data.index(b"PK\1\2") + 16] ^= 0xFF
    data[data.index(b"PK\3\4") + 14] ^= 0xFF
    path.write_bytes(data)


def _lying_about_size(path: Path) -> None:
    """A bomb that says it is small: what is read stops there, and its checksum is wrong."""
    zipped(path, {"lab.ipynb": bytes(2**22)})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\1\2") + 24, 1000)
    path.write_bytes(data)


def _compressed(kind: int) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", kind) as archive:
            archive.writestr("lab.ipynb", NOTEBOOK)

    return make


def _swollen_directory(path: Path) -> None:
    data = bytearray(zip_bytes(["lab.ipynb"]))
    comment = b"x" * 60_000
    end = data.rindex(b"PK\5\6")
    start = struct.unpack_from("<I", data, end + 16)[0]
    struct.pack_into("<H", data, start + 32, len(comment))
    struct.pack_into("<I", data, end + 12, end - start + len(comment))
    path.write_bytes(data[:end] + comment + data[end:])


def _tar(**members: bytes | tarfile.TarInfo) -> Callable[[Path], object]:
    named = {v.name if isinstance(v, tarfile.TarInfo) else n: v for n, v in members.items()}
    return lambda path: tarred(path, {"lab.ipynb": NOTEBOOK, **named})


def _tar_bomb(mode: str) -> Callable[[Path], object]:
    return lambda path: tarred(path, {"lab.ipynb": bytes(2**19)}, mode)


def _negative_size(path: Path) -> None:
    info = tarfile.TarInfo("lab.ipynb")
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 11 + b"\x00"
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    path.write_bytes(bytes(header) + bytes(1024))


def _endless_header(path: Path) -> None:
    info = tarfile.TarInfo("lab.ipynb")
    info.type, info.size = tarfile.XHDTYPE, 2**33
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(2**16))


def _matryoshka(path: Path) -> None:
    data = zip_bytes(["lab.ipynb"])
    for _ in range(2):
        zipped(path, {"inner.zip": data})
        data = path.read_bytes()


DEVICE = tar_member("dev", tarfile.CHRTYPE)
HOSTILE: list[tuple[str, Callable[[Path], object], str]] = [
    ("absolute", _zip("lab.ipynb", "/etc/cron.d/x.ipynb"), "absolute path or leads outside"),
    ("drive", _zip("lab.ipynb", "C:\\x.ipynb"), "absolute path or leads outside"),
    ("dots", _zip("lab.ipynb", "../../x.ipynb"), "absolute path or leads outside"),
    ("backslash dots", _zip("lab.ipynb", "a\\..\\..\\x.ipynb"), "absolute path or leads outside"),
    ("too deep", _zip("lab.ipynb", "a/" * 60 + "x.ipynb"), "nested too deeply"),
    ("long name", _zip("lab.ipynb", "a" * 300 + ".ipynb"), "over 255 characters"),
    ("twice", _zip("lab.ipynb", "LAB.ipynb"), "is there twice"),
    ("file and folder", _zip("lab.ipynb", "LAB.ipynb/lab.ipynb"), "is there twice"),
    ("many members", _zip(*(f"{n}.ipynb" for n in range(21))), "more than 20 files"),
    ("zip link", _zip_with("link.ipynb", 0o120777), "is a link"),
    ("zip device", _zip_with("dev", 0o020666), "a device or a pipe"),
    ("encrypted", _encrypted, "is encrypted"),
    ("wrong checksum", _wrong_checksum, "cannot be read: damaged"),
    ("lying size", _lying_about_size, "cannot be read: damaged"),
    ("bzip2 in a zip", _compressed(zipfile.ZIP_BZIP2), "compressed in an unusual way"),
    ("lzma in a zip", _compressed(zipfile.ZIP_LZMA), "compressed in an unusual way"),
    ("swollen directory", _swollen_directory, "more than 20 files"),
    ("ratio", lambda path: zipped(path, {"lab.ipynb": bytes(2**18)}), "as an archive bomb does"),
    (
        "total",
        lambda path: zipped(path, {f"{n}.ipynb": bytes(range(256)) * 999 for n in range(5)}),
        "unpacks to more than 1 MiB",
    ),
    ("truncated", lambda path: path.write_bytes(zip_bytes(["lab.ipynb"])[:-30]), "cannot be read"),
    ("no zip", lambda path: path.write_bytes(b"<html>not found</html>"), "cannot be read"),
    ("empty file", lambda path: path.write_bytes(b""), "cannot be read"),
    ("no members", _zip(), "there is no notebook"),
    ("a rar", lambda path: path.write_bytes(b"Rar!\x1a\x07\x01\x00"), "are not opened"),
    ("three deep", _matryoshka, "an archive in an archive in an archive"),
    ("tar dots", _tar(**{"../x.ipynb": b""}), "absolute path or leads outside"),
    ("tar absolute", _tar(**{"/x.ipynb": b""}), "absolute path or leads outside"),
    ("tar link", _tar(x=tar_member("x.ipynb", tarfile.SYMTYPE, "/etc/passwd")), "is a link"),
    ("tar hard link", _tar(x=tar_member("x.ipynb", tarfile.LNKTYPE, "lab.ipynb")), "is a link"),
    ("tar device", _tar(x=DEVICE), "a device or a pipe"),
    ("tar twice", _tar(**{"LAB.ipynb": b""}), "is there twice"),
    ("tar many", _tar(**{f"{n}.ipynb": b"" for n in range(21)}), "more than 20 files"),
    ("gzip bomb", _tar_bomb("w:gz"), "as an archive bomb does"),
    ("xz bomb", _tar_bomb("w:xz"), "as an archive bomb does"),
    ("bzip2 bomb", _tar_bomb("w:bz2"), "as an archive bomb does"),
    ("negative size", _negative_size, "cannot be read"),
    ("endless header", _endless_header, "cannot be read"),
    ("gzip of rubbish", lambda path: path.write_bytes(b"\x1f\x8b\x08rubbish"), "cannot be read"),
]


@pytest.mark.parametrize(("make", "reason"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE])
def test_hostile_archive(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    """A hostile or broken archive costs its own student the hand-in, and nobody else's."""
    root = lay(tmp_path / "class", "anna.ipynb", f"{PETROV}/")
    make(root / "mallory.zip")
    make(root / PETROV / "work.zip")
    found = intake(root, limits=SMALL)

    assert told(found) == {"anna": ["anna.ipynb"], "mallory": [], "12346": []}
    for student in ("mallory", "12346"):
        assert reason in said(of(found, student))
        assert len(of(found, student).problems) == 1
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == ["anna.ipynb", "mallory.zip", "work.zip"]


@pytest.mark.parametrize("spoil", [_encrypted, _zip_with("link.ipynb", 0o120777)])
def test_one_bad_member_of_a_class(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    """In a class's archive a member that must not be taken costs its own student only."""
    spoil(tmp_path / "bad.zip")
    members = {
        f"{IVANOV}/lab.ipynb": NOTEBOOK,
        f"{PETROV}/x.zip": (tmp_path / "bad.zip").read_bytes(),
    }
    zipped(tmp_path / "class" / "all.zip", members)
    found = intake(tmp_path / "class")

    assert told(found) == {"12345": [f"all.zip!{IVANOV}/lab.ipynb"], "12346": []}
    assert "refused" in said(of(found, "12346")) or "encrypted" in said(of(found, "12346"))


def test_link_in_a_class_archive(tmp_path: Path) -> None:
    """A student's link in the class's tar refuses that student's folder, and no other."""
    members = {
        f"{IVANOV}/lab.ipynb": NOTEBOOK,
        f"{PETROV}/lab.ipynb": NOTEBOOK,
        "link": tar_member(f"{PETROV}/other.ipynb", tarfile.SYMTYPE, f"../{IVANOV}/lab.ipynb"),
    }
    tarred(tmp_path / "class" / "all.tar.gz", members)
    found = intake(tmp_path / "class")

    assert told(found) == {"12345": [f"all.tar.gz!{IVANOV}/lab.ipynb"], "12346": []}
    assert "is a link" in said(of(found, "12346"))


def test_refused_class_archive(tmp_path: Path) -> None:
    """A class's archive that leads outside is refused as a whole, and that is a problem of all."""
    zipped(tmp_path / "class" / "all.zip", [f"{IVANOV}/lab.ipynb", "../x.ipynb"])
    lay(tmp_path / "class", "notes.txt")
    found = intake(tmp_path / "class")

    assert found.entries == ()
    ((source, reason),) = [(p.source, p.reason.en) for p in found.problems]
    assert source == "all.zip"
    assert "leads outside" in reason
    assert not (tmp_path / "x.ipynb").exists()


def test_large_zip_directory_of_zip64(tmp_path: Path) -> None:
    """The list of members is measured before it is read, in zip64 files too."""
    path = lay(tmp_path / "class", "anna.ipynb") / "mallory.zip"
    data = zip_bytes(["lab.ipynb"])
    end = data.rindex(b"PK\5\6")
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 2**40, 0)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    path.write_bytes(b"PK\3\4" + bytes(2**14) + data[:end] + record + locator + data[end:])

    assert "more than 20 files" in said(of(intake(path.parent, limits=SMALL), "mallory"))


def test_limits_are_generous() -> None:
    """Nothing that a student hands in by honest means comes near the limits."""
    honest = Limits()

    assert honest.members >= 50_000
    assert honest.file >= 100 * 2**20
    assert honest.ratio >= 100
