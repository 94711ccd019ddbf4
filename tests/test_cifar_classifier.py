"""The classifier lab: what blank handouts, right answers and single faults are worth."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from classifier_notebooks import LABS, blank, filled, graded

from grader.model import LANGUAGES, CheckStatus, Grade, Language, Status

pytestmark = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not installed: nothing to run notebooks in"
)

BY_HAND = '''
def distort_image(img, training):
    """Without tf.image.random_*: an own crop, an own flip, the colours in another order."""
    margin = img_size - cropped_size
    if training:
        top = tf.random.uniform([], maxval=margin + 1, dtype=tf.int32)
        left = tf.random.uniform([], maxval=margin + 1, dtype=tf.int32)
        if tf.random.uniform([]) < 0.5:
            img = img[:, ::-1]
        img = img[top : top + cropped_size, left : left + cropped_size]
        img = tf.image.adjust_saturation(img, tf.random.uniform([], 0.0, 2.0))
        img = img + tf.random.uniform([], -0.2, 0.2)
        mean = tf.reduce_mean(img, axis=[0, 1])
        img = (img - mean) * tf.random.uniform([], 0.3, 1.0) + mean
        img = tf.image.random_hue(tf.cast(img, tf.float32), 0.05)
        return tf.minimum(tf.maximum(img, 0), 1)
    half = margin // 2
    return img[half:-half, half:-half]
'''
NORMALISED = '''
def network(input_shape, num_classes):
    """Functional, with batch norm after the first convolution, as the course's document has it."""
    layers = tf.keras.layers
    inputs = x = tf.keras.Input(input_shape)
    x = layers.BatchNormalization()(layers.Conv2D(64, (5, 5), padding="same")(x))
    x = layers.MaxPooling2D((2, 2), strides=2)(layers.Activation("relu")(x))
    x = layers.MaxPooling2D()(layers.ReLU()(layers.Conv2D(64, 5, padding="same")(x)))
    x = layers.Flatten()(x)
    for size in (256, 128):
        x = layers.Dense(size, activation=tf.nn.relu)(x)
    return tf.keras.Model(inputs, layers.Softmax()(layers.Dense(num_classes)(x)))
'''
LABELS = """
def label_generation(class_numbers, num_cls=10):
    if num_cls is None:
        num_cls = int(np.max(class_numbers)) + 1
    return tf.one_hot(class_numbers, num_cls)
"""
IMAGES = """
def convert_images(raw):
    planes = [raw[:, 1024 * c : 1024 * (c + 1)].reshape(-1, 32, 32) for c in range(3)]
    return np.stack(planes, axis=-1) / 255
"""
ANOTHER_WAY = {
    "label-generation": LABELS,
    "convert-images": IMAGES,
    "distort-image": BY_HAND,
    "network": NORMALISED,
}
"""Right answers that look nothing like the reference."""


@pytest.fixture(scope="module")
def another_way(tmp_path_factory: pytest.TempPathFactory) -> Grade:
    path = filled(tmp_path_factory.mktemp("graded") / "n.ipynb", "ru", ANOTHER_WAY)
    return graded(path, quick=True)


def test_right_answers_of_another_make(another_way: Grade) -> None:
    """Values, distributions and weights decide; how they come about does not."""
    wrong = [
        (task.id, check.id, check.message.en)
        for task in another_way.tasks
        for check in task.checks
        if check.status not in (CheckStatus.PASSED, CheckStatus.SKIPPED)
    ]
    assert wrong == []
    assert another_way.lab == "cifar_classifier"
    assert another_way.language == "ru"


@pytest.mark.labs
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_handout_earns_nothing(language: Language, tmp_path: Path) -> None:
    """Nothing filled in is 0 points and five tasks not attempted, trainings and all."""
    made = graded(blank(tmp_path / "n.ipynb", language))
    assert made.points == 0
    assert {task.id: task.status for task in made.tasks} == {
        task.id: Status.NOT_ATTEMPTED for task in LABS[language].rubric.tasks
    }


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_earns_everything(language: Language, tmp_path: Path) -> None:
    """All points, trained on whole data sets; final where the data is the real one."""
    made = graded(filled(tmp_path / "n.ipynb", language))
    assert made.points == made.max_points == 60
    real = not any("stand-in" in said for said in made.limits.values())
    assert (made.provisional == ()) == real
