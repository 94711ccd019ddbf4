"""Submissions to the triplet lab: what stands between the markers, right ones and faults."""

from __future__ import annotations

import copy
import re
from typing import Any

Notebook = dict[str, Any]
Answers = dict[str, str]
TASKS = (
    "get_sample",
    "read_and_resize_image",
    "triplet_loss_on_single_triplet",
    "get_conv_net",
)
HANDLE = "gs://cloud-tpu-checkpoints/efficientnet/v2/hub/efficientnetv2-b0-21k/feature-vector"
_REGION = re.compile(r"(?<=# YOUR CODE STARTS\n).*?(?=[ \t]*# YOUR CODE ENDS)", re.S)

ROOTS: Answers = {
    "get_sample": "face_images = [cv2.imread(name)[..., ::-1] for name in filenames]",
    "read_and_resize_image": "image = tf.image.resize(image, (160, 160))",
    "triplet_loss_on_single_triplet": """
norm = tf.math.reduce_euclidean_norm
pair, one, two = norm(near1 - near2)**2, norm(near1 - far)**2, norm(near2 - far)**2
return tf.maximum(0.0, pair - one + delta) + tf.maximum(0.0, pair - two + delta)""",
    "get_conv_net": f"return hub.KerasLayer('{HANDLE}', trainable=True)",
}
"""As the course suggests: norms squared, whose gradient is NaN where two vectors coincide."""

SQUARES: Answers = {
    "get_sample": """
from PIL import Image
face_images = [np.array(Image.open(name).convert('RGB')) for name in filenames]""",
    "read_and_resize_image": "image = tf.image.resize(image, [160, 160], 'bicubic')",
    "triplet_loss_on_single_triplet": """
def distance(a, b):
    return tf.reduce_sum(tf.math.squared_difference(a, b))
pair = distance(near1, near2)
return sum(tf.nn.relu(pair - distance(near, far) + delta) for near in (near1, near2))""",
    "get_conv_net": f"""
from tensorflow_hub import KerasLayer
return KerasLayer(handle='{HANDLE}/1', trainable=True, name='features')""",
}
TENSORS: Answers = {
    "get_sample": """
face_images = []
for name in filenames:
    face_images.append(tf.io.decode_jpeg(tf.io.read_file(name), channels=3).numpy())""",
    "read_and_resize_image": """
image = tf.image.resize(image, [160, 160], method='nearest')
image = tf.cast(image, tf.float32)""",
    "triplet_loss_on_single_triplet": """
vectors = tf.stack([near1, near2])
margins = tf.tensordot(near1 - near2, near1 - near2, 1) + delta
margins -= tf.reduce_sum((vectors - far) ** 2, axis=1)
return tf.reduce_sum(tf.where(margins > 0, margins, tf.zeros_like(margins)))""",
    "get_conv_net": f"""
layer = hub.KerasLayer('{HANDLE}')
layer.trainable = True
return layer""",
}
STYLES = {"roots": ROOTS, "squares": SQUARES, "tensors": TENSORS}

FAULTS: dict[str, tuple[str, str, str | None]] = {
    "bgr": ("get_sample", "face_images = [cv2.imread(n) for n in filenames]", "bgr"),
    "opencv": (
        "read_and_resize_image",
        "image = tf.constant(cv2.resize(image.numpy(), (160, 160)), tf.float32)",
        "not_a_graph",
    ),
    "one_max": (
        "triplet_loss_on_single_triplet",
        ROOTS["triplet_loss_on_single_triplet"].rpartition("\n")[0]
        + "\nreturn tf.maximum(0.0, 2 * (pair + delta) - one - two)",
        "one_max",
    ),
    "no_squares": (
        "triplet_loss_on_single_triplet",
        ROOTS["triplet_loss_on_single_triplet"].replace("**2", ""),
        "not_squared",
    ),
    "a_vector": (
        "triplet_loss_on_single_triplet",
        """
pair, one, two = (near1 - near2)**2, (near1 - far)**2, (near2 - far)**2
return tf.nn.relu(pair - one + delta) + tf.nn.relu(pair - two + delta)""",
        "not_summed",
    ),
    "nan": (
        "triplet_loss_on_single_triplet",
        ROOTS["triplet_loss_on_single_triplet"] + " + 0.0 * tf.math.log(pair) * pair",
        None,
    ),
    "frozen": ("get_conv_net", f"return hub.KerasLayer('{HANDLE}')", "frozen"),
    "classifier": (
        "get_conv_net",
        f"return hub.KerasLayer('{HANDLE.replace('feature-vector', 'classification')}', True)",
        "classifier",
    ),
}
"""One fault each: its task, what the student wrote, and the name of the known mistake, if any."""


def filled(handout: Notebook, answers: Answers) -> Notebook:
    """The handout with ``answers`` between the markers of the cells that define their names."""
    notebook = copy.deepcopy(handout)
    for cell in notebook["cells"]:
        for name, answer in answers.items():
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and f"def {name}(" in source:
                lines = [f"    {line}" if line else "" for line in answer.strip("\n").split("\n")]
                body = "\n".join(lines) + "\n"
                cell["source"] = _REGION.sub(lambda _, body=body: body, source)
    return notebook


def changed(notebook: Notebook, old: str, new: str) -> Notebook:
    """The notebook with one piece of its code, which stands there once, replaced."""
    made = copy.deepcopy(notebook)
    cells = [c for c in made["cells"] if old in "".join(c["source"])]
    assert len(cells) == 1
    cells[0]["source"] = "".join(cells[0]["source"]).replace(old, new)
    return made
