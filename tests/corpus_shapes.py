"""The corpus, second part: cells moved, merged, split, renamed, doubled; other kinds of files."""

from __future__ import annotations

from convnets_changes import code_alone, merged, split, without_markers
from corpus_book import Book, Entry

ANSWERS = ("three-layer-convnet", "three-layer-convnet-init", "three-layer-class")
TASKS = (*ANSWERS, "part3-training", "part4-training", "custom")
MODULE = "%%writefile mynet.py\nimport tensorflow as tf\n\n\n"
BLANKS = {
    "three_layer_convnet": "not_attempted",
    "part4_model": "not_attempted",
    "part4_optimizer": "not_attempted",
    "CustomConvNet": "not_attempted",
}

NO_TEXT = {"experiments": "not_attempted|failed"}


def entries() -> dict[str, Entry]:
    """By name; the name says what is the matter."""
    marker = r"^ *# \*{5}START OF YOUR CODE.*\n"
    doubled = "# *****START OF YOUR CODE (DO NOT DELETE/MODIFY THIS LINE)*****\n"
    return {
        "markers_deleted": Entry(Book().changed(without_markers)),
        "markers_deleted_in_russian": Entry(Book("ru").changed(without_markers)),
        "markers_retyped": Entry(Book().everywhere(r"\*{5}START OF YOUR CODE.*", "*** start code")),
        "markers_doubled": Entry(Book().everywhere(marker, lambda m: m[0] + m[0])),  # type: ignore[arg-type]
        "function_renamed": Entry(
            Book().everywhere(r"\bthree_layer_convnet\b(?!_)", "conv_net"), says=("conv_net",)),
        "function_renamed_in_russian": Entry(
            Book("ru").everywhere(r"\bthree_layer_convnet\b(?!_)", "moya_set"),
            says=("moya_set",)),
        "cells_merged": Entry(Book().changed(merged)),
        "cells_split": Entry(Book("ru").changed(split)),
        "code_alone": Entry(Book().changed(code_alone), NO_TEXT),
        "one_cell_for_all_code": Entry(Book("ru").changed(code_alone).changed(merged), NO_TEXT),
        "an_earlier_wrong_version": Entry(
            Book().before("three-layer-convnet", Book().source("three-layer-convnet").replace(
                "padding='SAME'", "padding='VALID'"))),
        "a_later_wrong_version": Entry(
            Book("ru").after("three-layer-convnet", Book("ru").source(
                "three-layer-convnet").replace("tf.maximum(conv2, 0.0)", "conv2")),
            {"three_layer_convnet": "partial|failed"}),
        "cells_out_of_order": Entry(Book().move("custom", "three-layer-convnet-text")),
        "answers_change_places": Entry(Book("ru").shuffled(*ANSWERS)),
        "code_moved_to_the_top": Entry(
            Book().move("three-layer-class", "load-data").move("three-layer-convnet", "load-data")),
        "module_written_by_a_cell": Entry(
            Book().put("three-layer-convnet", MODULE + Book().source("three-layer-convnet"))
            .after("three-layer-convnet", "from mynet import three_layer_convnet")),
        "module_written_in_russian": Entry(
            Book("ru").put("three-layer-class", MODULE + Book("ru").source("three-layer-class")
                           .split("def test_ThreeLayerConvNet")[0])
            .after("three-layer-class", "from mynet import *")),
        "percent_script": Entry(Book(), suffix=".py", says=(".py",)),
        "percent_script_in_russian": Entry(Book("ru"), suffix=".py"),
        "in_a_zip_archive": Entry(Book(), suffix=".zip", says=("zip",)),
        "in_a_zip_archive_in_russian": Entry(  # it makes a layer in call()
            Book("ru", "functional"), suffix=".zip", runtime="keras2"),
        "half_done": Entry(
            Book().blank("three-layer-convnet").blank("part4-training").blank("custom"), BLANKS),
        "half_done_without_markers": Entry(
            Book("ru").blank("three-layer-convnet").blank("part4-training").blank("custom")
            .changed(without_markers), BLANKS),
        "drivers_of_other_names": Entry(Book().everywhere(r"\btrain_part34\b", "train_keras")),
        "doubled_marker_line_as_text": Entry(
            Book("ru").before("custom", doubled + "x = 1")),
    }  # fmt: skip
