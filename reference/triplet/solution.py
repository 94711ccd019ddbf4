# ruff: noqa: E402, F821, PTH109, PTH118, RET504
"""The triplet lab, solved: each cell takes the place of the handout's cell of that id."""

# %% [get-sample]
import os

import cv2
import numpy as np

images_dir = os.path.join(os.getcwd(), "images_cropped")


def get_sample():
    """A random row of the table: three RGB pictures and the shares of votes."""
    row = df.sample(1).iloc[0]
    paths = [os.path.join(images_dir, f"{face}.jpg") for face in (row.face1, row.face2, row.face3)]
    votes = [row.votes1, row.votes2, row.votes3]
    face_images = []
    for path in paths:
        image = cv2.imread(path)
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        face_images.append(image)
    for image in face_images:
        assert image.shape == (112, 112, 3)
        assert image.dtype == np.uint8
    return face_images, votes


# %% [read-and-resize-image]
def read_and_resize_image(id):
    """The picture of one face as float32 (160, 160, 3), from 0 to 255."""
    path = tf.strings.join(["images_cropped/", tf.strings.as_string(id), ".jpg"])
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    image = tf.image.resize(image, [160, 160])
    return image


def process_triplet(face1, face2, face3, votes1, votes2, votes3):
    """Three ids and three shares to (3, 160, 160, 3) and (3,)."""
    images = [read_and_resize_image(face) for face in (face1, face2, face3)]
    return tf.stack(images), tf.stack([votes1, votes2, votes3])


train_dataset = train_dataset.map(process_triplet)
test_dataset = test_dataset.map(process_triplet)


# %% [triplet-loss-single]
@tf.function
def triplet_loss_on_single_triplet(far, near1, near2, delta):
    """Two hinges: the near pair should be closer than either of them is to the far vector."""
    pair = tf.reduce_sum(tf.square(near1 - near2))
    first = pair - tf.reduce_sum(tf.square(near1 - far)) + delta
    second = pair - tf.reduce_sum(tf.square(near2 - far)) + delta
    return tf.maximum(first, 0.0) + tf.maximum(second, 0.0)


# %% [conv-net]
import tensorflow_hub as hub


def get_conv_net():
    """EfficientNetV2-B0 up to its features, as a layer whose weights are trained."""
    handle = "gs://cloud-tpu-checkpoints/efficientnet/v2/hub/efficientnetv2-b0-21k/feature-vector"
    layer = hub.KerasLayer(handle, trainable=True)
    return layer
