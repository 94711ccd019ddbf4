"""``grade doctor --notebook``: what is seen in a notebook without running it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from conftest import Grade
from convnets_submissions import read_handout, styles, submission, write

from grader import walkthrough
from grader.errors import UnreadableNotebook

HANDOUT = Path(__file__).parents[1] / "assignments/convnets/handout.en.ipynb"
OLD = "!pip install tensorflow==2.4\nfrom google.colab import drive\nname = input()\nmodel.fit(x)"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, walkthrough.Line]:
    """The lines about a filled-in notebook with a renamed answer, a blank one and an old cell."""
    given = read_handout(HANDOUT)
    made = submission(given, styles("en")["same_padding"])
    blank = {cell["id"]: cell["source"] for cell in given["cells"]}
    for cell in made["cells"]:
        if cell["id"] == "three-layer-convnet":
            cell["source"] = cell["source"].replace("def three_layer_convnet(", "def my_net(")
        if cell["id"] == "custom":
            cell["source"] = blank["custom"]
    old = {**copy.deepcopy(made["cells"][-1]), "cell_type": "code", "id": "old", "source": OLD}
    old |= {"outputs": [], "execution_count": None}
    made["cells"].insert(0, old)
    path = write(made, tmp_path_factory.mktemp("walk") / "lab.ipynb")
    found: dict[str, walkthrough.Line] = {}
    for line in walkthrough.walk(path, None):
        before = found.get(line.what)
        says = f"{before.says}; {line.says}" if before else line.says
        found[line.what] = walkthrough.Line(line.what, says, line.fine)
    return found


def test_lab_and_era(seen: dict[str, walkthrough.Line]) -> None:
    """The lab, the TensorFlow that the notebook runs on, and the sign that tells it."""
    assert seen["lab"].says == "convnets"
    assert seen["era"].says.startswith("keras2 ")
    assert "cell 1: TensorFlow 2.4" in seen["sign"].says
    assert "google.colab" in seen["recorded"].says


def test_where_tasks_were_found(seen: dict[str, walkthrough.Line]) -> None:
    """Each task has its cell, another name is told, and a blank is pointed out."""
    assert seen["task three_layer_convnet"].says.endswith("as my_net")
    assert seen["task part3_model"].fine
    assert not seen["task CustomConvNet"].fine
    assert "blank" in seen["task CustomConvNet"].says


def test_which_cells_cost_nothing(seen: dict[str, walkthrough.Line]) -> None:
    """Commands, trainings and questions to nobody are named with their cells."""
    says = seen["cell 1"].says
    assert ["installations" in says, "fit()" in says, "input()" in says] == [True] * 3
    trained = [line for what, line in seen.items() if what.startswith("cell ")]
    assert sum("train_part34" in line.says for line in trained) >= 3


def test_the_command(grade: Grade, tmp_path: Path) -> None:
    """The command prints those lines and nothing else; what is no notebook gets a clear word."""
    done = grade("doctor", "--notebook", HANDOUT)
    assert done.returncode == 0, done.stderr
    assert "task three_layer_convnet" in done.stdout
    broken = tmp_path / "x.ipynb"
    broken.write_text(json.dumps([]))
    with pytest.raises(UnreadableNotebook):
        walkthrough.walk(broken, None)
    assert grade("doctor", "--notebook", broken).returncode == 2
