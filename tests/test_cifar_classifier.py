"""The classifier lab: what blank handouts, right answers and single faults are worth."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from classifier_notebooks import LABS, blank, filled, graded
from test_image_folders import folder_of

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


@pytest.mark.labs
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


@pytest.mark.labs
def test_a_folder_of_pictures_from_end_to_end(tmp_path: Path) -> None:
    """A folder that a teacher names is what the notebook loads and what its classifier is trained
    on; as nobody measured a pass mark for it, the accuracy is shown and a person decides."""
    folder_of(tmp_path / "data" / "linnaeus5", count=30)
    said = {
        "variant": 'variant = "Linnaeus 5"\nchosen_classes = None\ndata_folder = "my/linnaeus5"'
    }
    made = graded(
        filled(tmp_path / "n.ipynb", "ru", said), tasks=["classifier"], data_dir=tmp_path / "data"
    )
    (task,) = made.tasks
    probabilities, accuracy = task.checks
    assert probabilities.status is CheckStatus.PASSED
    assert accuracy.status is CheckStatus.UNGRADED
    assert accuracy.curves[0].runs[0].points[-1].accuracy == 1.0
    assert task.max_points == probabilities.max_points
    assert [cell.fault for cell in made.cells if cell.fault] == []
    assert "linnaeus5" in made.limits["data"]


@pytest.mark.labs
@pytest.mark.parametrize(
    ("said", "told"), [("pass", "«variant»"), ("variant = 'imagenet'", "fashion_mnist")]
)
def test_a_data_set_that_nobody_can_tell(said: str, told: str, tmp_path: Path) -> None:
    """Without a data set the classifier is judged as far as it goes, and the report says what is
    missing."""
    made = graded(filled(tmp_path / "n.ipynb", "ru", {"variant": said}), tasks=["classifier"])
    (task,) = made.tasks
    assert [check.status for check in task.checks] == [CheckStatus.PASSED, CheckStatus.FAILED]
    assert told in task.checks[1].message.ru


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_earns_everything(language: Language, tmp_path: Path) -> None:
    """All points, trained on whole data sets; final where the data is the real one."""
    made = graded(filled(tmp_path / "n.ipynb", language))
    assert made.points == made.max_points == 60
    real = not any("stand-in" in said for said in made.limits.values())
    assert (made.provisional == ()) == real
