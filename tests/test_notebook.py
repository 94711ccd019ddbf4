"""Notebook files as they really come: what is mended, what is refused, and in which words."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UnreadableNotebook
from grader.model import Cell, Submission
from grader.notebook import PRINTED_LIMIT, read, to_nbformat, write
from grader.notebook.python import parsed

ROOT = Path(__file__).parents[1]


def code(source: Any = "x = 1", **fields: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        **fields,
    }


def notebook(*cells: Any, **fields: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields}


def save(folder: Path, content: Any, name: str = "work.ipynb") -> Path:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def loaded(folder: Path, *cells: Any, **fields: Any) -> Submission:
    return read(save(folder, notebook(*cells, **fields)))


def notes(submission: Submission) -> str:
    assert all(note.ru and note.en for note in submission.notes)
    return "\n".join(note.en for note in submission.notes)


# ------------------------------------------------------------------- what is read


def test_a_sound_notebook_is_read_without_remarks(tmp_path: Path) -> None:
    """Cells keep their kind, source and id; the file's bytes are known by their SHA-256."""
    path = save(
        tmp_path,
        notebook(
            {"cell_type": "markdown", "source": "# Заголовок", "metadata": {}, "id": "a"},
            code("x = 1", id="b"),
            {"cell_type": "raw", "source": "raw", "metadata": {}, "id": "c"},
        ),
    )
    submission = read(path)
    assert submission.cells == (
        Cell(0, "markdown", "# Заголовок", "a"),
        Cell(1, "code", "x = 1", "b"),
        Cell(2, "raw", "raw", "c"),
    )
    assert submission.name == "work"
    assert submission.path == path
    assert submission.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert submission.notes == ()


def test_source_may_be_a_list_of_lines(tmp_path: Path) -> None:
    """A source is text or a list of lines, with any line ends; cells see one text with \\n."""
    cells = loaded(tmp_path, code(["a = 1\n", "b = 2"]), code("a = 1\r\nb = 2\rc = 3")).cells
    assert [cell.source for cell in cells] == ["a = 1\nb = 2", "a = 1\nb = 2\nc = 3"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_of_unicode(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with a byte order mark, UTF-16 and UTF-32 are read; all but the first are noted."""
    text = json.dumps(notebook(code("# привет")), ensure_ascii=False)
    submission = read(save(tmp_path, text.encode(encoding)))
    assert submission.cells[0].source == "# привет"
    assert ("encoded as" in notes(submission)) is (encoding != "utf-8-sig")


def test_windows_1251(tmp_path: Path) -> None:
    """A file in the old Russian encoding is read, and the report says so."""
    text = json.dumps(notebook(code("# обучение сети")), ensure_ascii=False)
    submission = read(save(tmp_path, text.encode("cp1251")))
    assert submission.cells[0].source == "# обучение сети"
    assert "Windows-1251" in notes(submission)


def test_a_few_bad_bytes_in_utf8(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 among text that is are replaced and counted."""
    text = json.dumps(notebook(code("# обучение сети @")), ensure_ascii=False).encode()
    submission = read(save(tmp_path, text.replace(b"@", b"\xff\xfe")))
    assert submission.cells[0].source == "# обучение сети \ufffd\ufffd"
    assert "in 2 places" in notes(submission)


@pytest.mark.parametrize(
    "old",
    [
        {"nbformat": 1, "cells": [{"cell_type": "code", "code": "x = 1", "prompt_number": 1}]},
        {"nbformat": 2, "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]},
        {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}]},
        {"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1", "outputs": []}]}]},
    ],
)
def test_old_formats_are_upgraded(tmp_path: Path, old: dict[str, Any]) -> None:
    """Notebooks of formats 1 to 3 are converted, the same way each time, and that is noted."""
    path = save(tmp_path, old)
    submission = read(path)
    assert submission.code_cells()[0].source == "x = 1"
    assert "old format" in notes(submission)
    assert read(path) == submission


def test_headings_of_format_3_become_texts(tmp_path: Path) -> None:
    """A heading cell of format 3 is a markdown heading of its level."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Часть III", "metadata": {}},
        {"cell_type": "code", "input": "x", "outputs": [], "language": "python"},
    ]
    submission = read(save(tmp_path, {"nbformat": 3, "worksheets": [{"cells": cells}]}))
    assert submission.cells[0] == Cell(0, "markdown", "## Часть III")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (code(metadata=None), "metadata are damaged"),
        (code(metadata=[1]), "metadata are damaged"),
        (code(outputs="text"), "recorded output is damaged"),
        (code(outputs=None), "recorded output is damaged"),
        (code(source=None), "text is damaged"),
        (code(source=["a", 5]), "text is damaged"),
        (code(source={"a": 1}), "text is damaged"),
        (code(source="a\ud800"), "invalid characters"),
        (code(id=5), "id is not valid"),
        (code(id="a b"), "id is not valid"),
        (code(id="x" * 65), "id is not valid"),
        (code(id="twin"), "occurs twice"),
        ({"cell_type": "sql", "source": "select"}, "unknown kind"),
        ({"source": "no kind"}, "unknown kind"),
        ("a string", "is no cell"),
        (None, "is no cell"),
    ],
)
def test_harmless_faults_are_mended_and_said(tmp_path: Path, cell: Any, said: str) -> None:
    """What breaks the schema but not the work is stripped, and a note names the cell."""
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps(notebook(code(id="twin"), cell)), encoding="utf-8")
    submission = read(path)
    assert said in notes(submission)
    assert "(cells: 2)" in notes(submission)
    nbformat.validate(to_nbformat(submission.cells))


@pytest.mark.parametrize("missing", ["metadata", "outputs", "execution_count", "source"])
def test_fields_may_be_missing(tmp_path: Path, missing: str) -> None:
    """A cell without ids, metadata, outputs or source is a cell."""
    cell = code()
    del cell[missing]
    assert loaded(tmp_path, code("y"), cell).cells[1].kind == "code"
    bare = {"cells": [code()]}
    assert len(read(save(tmp_path, bare)).cells) == 1


def test_symlinks_are_followed(tmp_path: Path) -> None:
    """A link to a notebook is read as that notebook, under its own name."""
    save(tmp_path, notebook(code()))
    (tmp_path / "link.ipynb").symlink_to("work.ipynb")
    assert read(tmp_path / "link.ipynb").name == "link"


def test_a_hundred_thousand_cells(tmp_path: Path) -> None:
    """A very long notebook is read whole, one of a hundred thousand cells is refused."""
    cells = [code(f"x = {i}", id=f"c{i}") for i in range(100_000)]
    assert loaded(tmp_path, *cells[:3000]).cells[-1] == Cell(2999, "code", "x = 2999", "c2999")
    with pytest.raises(UnreadableNotebook, match="has 100000 cells"):
        loaded(tmp_path, *cells)


def test_too_much_code(tmp_path: Path) -> None:
    """A cell that no person wrote is left out, and a notebook of nothing else is refused."""
    text = {"cell_type": "markdown", "source": "y" * 100_001, "metadata": {}}
    cut = loaded(tmp_path, code("x" * 100_000), code("x" * 100_001), text)
    assert [len(cell.source) for cell in cut.cells] == [100_000, 0, 100_000]
    assert "100000 characters of code" in notes(cut)
    with pytest.raises(UnreadableNotebook, match="characters of code"):
        loaded(tmp_path, *(code("x" * 90_000) for _ in range(30)))


DEEP = ("x = " + "+".join("1" * 900), "if 1: 0" + "\nelif 1: 0" * 900, "x = a" + ".b" * 900)


@pytest.mark.parametrize("source", DEEP, ids=lambda source: source[:7])
def test_deep_code_is_not_walked(source: str) -> None:
    """Code that is nested deeper than a walk along its tree can go counts as no code."""
    assert parsed(source) is None
    assert parsed("if 1: 0" + "\nelif 1: 0" * 60) is not None


def test_a_number_too_long_to_print_is_no_code() -> None:
    """A number that Python itself refuses to write out makes its cell one that cannot be read."""
    assert parsed(f"x = [1, -0x{'f' * 5000}]") is None
    assert parsed(f"x = 0x{'f' * 3000}, True") is not None


# ----------------------------------------------------------------- what it printed


def test_printed_text(tmp_path: Path) -> None:
    """The recorded streams, results and exceptions of a cell are joined in order."""
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]},
        {"output_type": "execute_result", "data": {"text/plain": "42", "text/html": "<b>"}},
        {"output_type": "display_data", "data": {"image/png": "AAAA"}},
        {"output_type": "display_data", "data": None},
        {"output_type": "error", "ename": "ValueError", "evalue": "bad", "traceback": []},
        {"output_type": "stream", "text": 5},
        7,
    ]
    assert loaded(tmp_path, code(outputs=outputs)).cells[0].printed == "a\nb\n42\nValueError: bad\n"


def test_printed_text_is_cut(tmp_path: Path) -> None:
    """No more of a cell's recorded output is kept than the limit."""
    outputs = [{"output_type": "stream", "text": "x" * 15_000}] * 100
    printed = loaded(tmp_path, code(outputs=outputs)).cells[0].printed
    assert printed == "x" * PRINTED_LIMIT


# --------------------------------------------------------------------- language


@pytest.mark.parametrize(
    ("text", "source", "language"),
    [
        ("Обучение свёрточной сети на TensorFlow и Keras", "x = 1", "ru"),
        ("Training a convolutional network", "x = 1", "en"),
        ("Training a convolutional network on CIFAR-10, да", "x = 1", "en"),
        ("`tf.keras.layers.Conv2D` `padding`", "# реализуйте прямой проход сети по слоям", "ru"),
        ("", "model = Sequential()", "en"),
    ],
)
def test_language(tmp_path: Path, text: str, source: str, language: str) -> None:
    """The language is Russian where texts and comments hold a good share of Cyrillic."""
    markdown = {"cell_type": "markdown", "source": text, "metadata": {}}
    assert loaded(tmp_path, markdown, code(source)).language == language


def test_language_of_the_handouts() -> None:
    """The course's own handouts are of the language that their names say."""
    for language in ("ru", "en"):
        path = ROOT / "assignments" / "convnets" / f"handout.{language}.ipynb"
        submission = read(path)
        assert submission.language == language
        assert submission.notes == ()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty (0 bytes)"),
        (b" \n\0\0", "the file is empty"),
        (b"print('hello')\n", "line 1, column 1: the file is not JSON"),
        (b"<!DOCTYPE html><html>", "download the raw .ipynb"),
        (b"PK\x03\x04abc", "zip archive"),
        (b"%PDF-1.4", "PDF"),
        (b"[]", "it holds a list where a notebook has 'cells'"),
        (b"42", "it holds a number"),
        (b"null", "it holds null"),
        (b'"text"', "it holds a string"),
        (b"{}", "it holds an object with nothing"),
        (b'{"a": 1, "b": 2}', "an object with 'a', 'b'"),
        (b'{"cells": 5}', "an object with 'cells'"),
        (b'{"nbformat": 3, "worksheets": [5]}', "no notebook"),
        (b'{"nbformat": 3, "worksheets": [{"cells": [5]}]}', "cannot be converted"),
        (b'{"cells": []}', "no cells, so there is nothing to grade"),
        (b'{"cells": [{"cell_type": "raw", "source": "x"}]}', "1 cells, none of them with code"),
        (b'{"cells": [{"cell_type": "code", "source": " "}]}', "none of them with code"),
        (b'{"cells": [', "line 1, column 12: the file breaks off in the middle"),
        (b'{\n"cells": [{"source": "ab', "line 2, column 22: the file breaks off in the middle"),
        (b'{"cells": []} trailing', "line 1, column 15: the notebook ends here, but 8 more"),
        (b'{"cells": [],,}', "line 1, column 14: broken JSON"),
        (b'{\n<<<<<<< HEAD\n"cells": []}', "line 2, column 1: not a notebook's JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "a value that cannot be read"),
        (b"[" * 200_000, "nested too deeply"),
        (b"\xff\xfe{\x00\x00", "starts like UTF-16"),
    ],
)
def test_what_is_no_notebook_gets_a_clear_word(tmp_path: Path, content: bytes, said: str) -> None:
    """Each kind of broken file is named with its path, its place, the cause and a way out."""
    path = save(tmp_path, content)
    with pytest.raises(UnreadableNotebook) as caught:
        read(path)
    message = str(caught.value)
    assert said in message
    assert message.startswith(str(path))
    assert message.endswith(".")
    assert "\n" not in message


def test_a_notebook_cut_anywhere_is_refused(tmp_path: Path) -> None:
    """No part of a truncated notebook is graded as if it were all."""
    whole = json.dumps(notebook(code("x = 1"), code("y = 'привет'"))).encode()
    for length in range(len(whole)):
        with pytest.raises(UnreadableNotebook):
            read(save(tmp_path, whole[:length]))


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    """Where there is no such file, the nearest names in its folder are told."""
    save(tmp_path, notebook(code()), "lab3_ivanov.ipynb")
    with pytest.raises(UnreadableNotebook, match=r"Did you mean lab3_ivanov\.ipynb\?"):
        read(tmp_path / "lab3_ivanow.ipynb")
    with pytest.raises(UnreadableNotebook, match=r"Did you mean lab3_ivanov\.ipynb\?"):
        read(tmp_path / "qqq")
    with pytest.raises(UnreadableNotebook, match="there is no folder"):
        read(tmp_path / "nowhere" / "a.ipynb")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableNotebook, match="no notebook is in its folder"):
        read(tmp_path / "empty" / "a.ipynb")


def test_a_folder_names_its_notebooks(tmp_path: Path) -> None:
    """A folder is no notebook; the notebooks in it are told."""
    with pytest.raises(UnreadableNotebook, match="a folder without notebooks"):
        read(tmp_path)
    for number in range(7):
        save(tmp_path, notebook(code()), f"{number}.ipynb")
    with pytest.raises(UnreadableNotebook, match=r"0\.ipynb, .*4\.ipynb and 2 more"):
        read(tmp_path)


def test_odd_paths_are_refused(tmp_path: Path) -> None:
    """Pipes, broken links, and names that no file can have are refused without waiting."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nothing")
    with pytest.raises(UnreadableNotebook, match="not a regular file"):
        read(tmp_path / "pipe")
    with pytest.raises(UnreadableNotebook, match="a link to a file that does not exist"):
        read(tmp_path / "link")
    with pytest.raises(UnreadableNotebook, match="cannot be opened"):
        read(tmp_path / ("x" * 5000))
    with pytest.raises(UnreadableNotebook, match="cannot be opened"):
        read(tmp_path / "a\0b")


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """A file above the limit is not read into memory, and the way out is told."""
    path = save(tmp_path, notebook(code("x" * 5000)))
    with pytest.raises(UnreadableNotebook, match="clear all outputs"):
        read(path, max_bytes=4000)
    assert read(path, max_bytes=path.stat().st_size).cells


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cell_type", "source", "text", "data", "id"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "cell_type": st.sampled_from(["code", "markdown", "heading"]) | _JSON,
                "source": _JSON,
                "outputs": _JSON,
                "metadata": _JSON,
                "id": _JSON,
                "input": _JSON,
            },
        )
        | _JSON,
        max_size=4,
    ),
    st.sampled_from([1, 2, 3, 4, 5, None, "4"]),
    st.booleans(),
)
def test_any_json_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cells: list[Any], version: Any, sheets: bool
) -> None:
    """Whatever JSON a notebook's fields hold, it is read into sound cells or refused."""
    found = {"worksheets": [{"cells": cells}]} if sheets else {"cells": cells}
    path = tmp_path_factory.mktemp("any") / "a.ipynb"
    path.write_text(json.dumps({"nbformat": version, **found}), encoding="utf-8")
    try:
        submission = read(path)
    except UnreadableNotebook:
        return
    nbformat.validate(to_nbformat(submission.cells))


# --------------------------------------------------------------------- and back


def test_written_notebooks_are_valid_and_read_the_same(tmp_path: Path) -> None:
    """What is written is valid format 4.5, and is read back cell for cell."""
    cells = [code("a = 1"), code("b = 2", id="cell-0"), code("c = 'ё'", id="own")]
    submission = loaded(tmp_path, *cells)
    write(submission, tmp_path / "again.ipynb")
    node = nbformat.read(tmp_path / "again.ipynb", as_version=4)
    nbformat.validate(node)
    assert [cell["id"] for cell in node.cells] == ["cell-0x", "cell-0", "own"]
    again = read(tmp_path / "again.ipynb")
    assert [cell.source for cell in again.cells] == ["a = 1", "b = 2", "c = 'ё'"]
    assert again.notes == ()


def test_import_is_light() -> None:
    """Importing the reader loads neither nbformat nor jsonschema: ``grade --help`` needs none."""
    script = "import sys, grader.notebook; print({'nbformat', 'jsonschema'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
