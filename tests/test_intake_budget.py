"""What all archives of one student may ask for together."""

from __future__ import annotations

import io
import tarfile
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from intake_files import NOTEBOOK, SMALL, intake, lay, of, said, tarred, zip_bytes, zipped

from grader.intake.limits import Budget, Refused

LIMITS = replace(SMALL, parts=200)


def test_archives_beside_each_other_share_one_budget(tmp_path: Path) -> None:
    """Each archive is small enough, and all of them together are not; the next student has a
    budget of their own."""
    for student in ("anna", "boris"):
        lay(tmp_path, f"{student}/")
    for number in range(3):
        zipped(tmp_path / f"anna/{number}.zip", [f"{number}/{n}.txt" for n in range(9)])
    zipped(tmp_path / "boris/lab.zip", ["lab.ipynb", *(f"{n}.txt" for n in range(9))])
    found = intake(tmp_path, limits=LIMITS)
    assert "more than 20 files" in said(of(found, "anna"))
    assert len(of(found, "boris").attempts) == 1


def test_archives_in_an_archive_share_it_too(tmp_path: Path) -> None:
    """What is inside counts with what it is inside of."""
    inner = {f"{n}.zip": zip_bytes(f"{i}.txt" for i in range(6)) for n in range(4)}
    lay(tmp_path, "anna/", "boris/lab.ipynb")
    zipped(tmp_path / "anna/all.zip", inner)
    assert "more than 20 files" in said(of(intake(tmp_path, limits=LIMITS), "anna"))


def test_bytes_are_counted_together(tmp_path: Path) -> None:
    """Three archives of 400 KB each are more than the megabyte that one student may hand in."""
    lay(tmp_path, "anna/", "boris/lab.ipynb")
    noise = b"".join(bytes([n * n % 251, n % 256]) for n in range(200_000))
    for number in range(3):
        zipped(tmp_path / f"anna/{number}.zip", {"a.txt": noise})
        tarred(tmp_path / f"anna/{number}.tar.gz", {"a.txt": noise})
    assert "more than 1 MiB" in said(of(intake(tmp_path, limits=LIMITS), "anna"))


@pytest.mark.parametrize("ending", ["zip", "tar"])
def test_folders_without_end_are_counted(tmp_path: Path, ending: str) -> None:
    """A few members in many folders are many folders to keep; so are very long names."""
    lay(tmp_path, "anna/", "boris/lab.ipynb")
    members = {"/".join(["d", str(n)] + ["x" * 60] * 36) + "/lab.ipynb": NOTEBOOK for n in range(3)}
    path = tmp_path / f"anna/lab.{ending}"
    zipped(path, members) if ending == "zip" else tarred(path, members, "w")
    assert "more than 20 files" in said(of(intake(tmp_path, limits=LIMITS), "anna"))
    assert of(intake(tmp_path, limits=replace(LIMITS, parts=100_000)), "anna").attempts


def test_a_tars_own_remarks_are_not_kept(tmp_path: Path) -> None:
    """Headers that nobody looks at take no memory, however many megabytes they are."""
    lay(tmp_path, "anna/", "boris/lab.ipynb")
    with tarfile.open(tmp_path / "anna/lab.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        for name in ["lab.ipynb", *(f"{n}.txt" for n in range(15))]:
            info = tarfile.TarInfo(name)
            info.size = len(NOTEBOOK)
            info.pax_headers = {"comment": name * 50_000}
            archive.addfile(info, io.BytesIO(NOTEBOOK))
    tracemalloc.start()
    found = intake(tmp_path, limits=LIMITS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert of(found, "anna").attempts
    assert peak < 3 * 2**20, peak


def test_a_students_share_is_told() -> None:
    """One student may ask for a quarter of what a class may."""
    budget = Budget.of_student(replace(SMALL, share=4))
    budget.count(5)
    with pytest.raises(Refused, match="more than 5 files"):
        budget.count(1)
    with pytest.raises(Refused):
        budget.unpack(SMALL.total // 4 + 1)
