"""Strangers to the triplet and classifier labs, sealed until the lists were done."""

from __future__ import annotations

from strangers import Stranger

IMAGES: dict[str, Stranger] = {
    # ------------------------------------------------------------------- triplet
    "q_upside_down": Stranger(
        "triplet",
        "get_sample",
        "[::-1] turns the rows round and not the channels: the picture is upside down, still BGR",
        """
import os

import cv2
import numpy as np

images_dir = os.path.join(os.getcwd(), "images_cropped")


def get_sample():
    row = df.sample(1).iloc[0]
    votes = [row.votes1, row.votes2, row.votes3]
    faces = (row.face1, row.face2, row.face3)
    filenames = [os.path.join(images_dir, f"{face}.jpg") for face in faces]

    # BGR -> RGB
    face_images = [cv2.imread(name)[::-1] for name in filenames]

    for image in face_images:
        assert image.shape == (112, 112, 3), "a picture has the shape (112, 112, 3)"
        assert image.dtype == np.uint8, "its pixels are uint8"
    return face_images, votes
""",
    ),
    "q_black_frame": Stranger(
        "triplet",
        "read_and_resize_image",
        "the picture is not resized but padded with a black frame to 160x160",
        old="image = tf.image.resize(image, [160, 160])",
        new="image = tf.image.resize_with_crop_or_pad(image, 160, 160)\n"
        "    image = tf.cast(image, tf.float32)",
    ),
    "q_one_hinge_for_both": Stranger(
        "triplet",
        "triplet_loss_on_single_triplet",
        "one maximum with zero is taken of the sum of both terms, not one of each term",
        """
@tf.function
def triplet_loss_on_single_triplet(far, near1, near2, delta):
    d12 = tf.reduce_sum((near1 - near2) ** 2)
    d13 = tf.reduce_sum((near1 - far) ** 2)
    d23 = tf.reduce_sum((near2 - far) ** 2)
    return tf.maximum(0.0, (d12 - d13 + delta) + (d12 - d23 + delta))
""",
    ),
    "q_manhattan": Stranger(
        "triplet",
        "triplet_loss_on_single_triplet",
        "distances are sums of absolute differences (L1), not of squared ones",
        """
@tf.function
def triplet_loss_on_single_triplet(far, near1, near2, delta):
    def dist(a, b):
        return tf.reduce_sum(tf.abs(a - b))

    loss1 = tf.maximum(0.0, dist(near1, near2) - dist(near1, far) + delta)
    loss2 = tf.maximum(0.0, dist(near1, near2) - dist(near2, far) + delta)
    return loss1 + loss2
""",
    ),
    "q_norm_without_square": Stranger(
        "triplet",
        "triplet_loss_on_single_triplet",
        "Euclidean distances are not squared",
        """
@tf.function
def triplet_loss_on_single_triplet(far, near1, near2, delta):
    near = tf.norm(near1 - near2)
    l1 = tf.nn.relu(near - tf.norm(near1 - far) + delta)
    l2 = tf.nn.relu(near - tf.norm(near2 - far) + delta)
    return l1 + l2
""",
    ),
    "q_fine_tuned_weights": Stranger(
        "triplet",
        "get_conv_net",
        "another model is loaded: 21k-ft1k, fine-tuned on ImageNet1K, and not 21k",
        old="efficientnetv2-b0-21k/feature-vector",
        new="efficientnetv2-b0-21k-ft1k/feature-vector",
    ),
    # ---------------------------------------------------------- cifar_classifier
    "q_unique_classes": Stranger(
        "cifar_classifier",
        "label_generation",
        "where num_cls is None, distinct class numbers are counted instead of the largest plus one",
        """
def label_generation(class_numbers, num_cls=10):
    labels = None
    if num_cls is None:
        num_cls = len(set(class_numbers.tolist()))
    labels = (class_numbers[:, None] == np.arange(num_cls)[None, :]).astype(float)
    return labels
""",
    ),
    "q_lying_on_the_side": Stranger(
        "cifar_classifier",
        "convert_images",
        "rows and columns are swapped: the axes are transposed to image, column, row, channel",
        """
def convert_images(raw):
    images = raw.astype('float32') / 255
    images = images.reshape(-1, num_channels, img_size, img_size)
    images = images.transpose(0, 3, 2, 1)
    return images
""",
    ),
    "q_random_crop_in_tests": Stranger(
        "cifar_classifier",
        "distort_image",
        "in testing the piece is cut from a random place, too, and not from the middle",
        """
def distort_image(img, training):
    piece = tf.image.random_crop(img, [cropped_size, cropped_size, num_channels])
    if training:
        piece = tf.image.random_flip_left_right(piece)
        piece = tf.image.random_hue(piece, max_delta=0.05)
        piece = tf.image.random_contrast(piece, lower=0.3, upper=1.0)
        piece = tf.image.random_brightness(piece, max_delta=0.2)
        piece = tf.image.random_saturation(piece, lower=0.0, upper=2.0)
        piece = tf.clip_by_value(piece, 0.0, 1.0)
    return piece
""",
    ),
    "q_stretched_to_range": Stranger(
        "cifar_classifier",
        "distort_image",
        "values are brought into 0 to 1 by stretching minimum and maximum, not by clipping",
        old="return tf.clip_by_value(img, 0.0, 1.0)",
        new="low, high = tf.reduce_min(img), tf.reduce_max(img)\n"
        "    return (img - low) / (high - low)",
    ),
    "q_linear_dense_layers": Stranger(
        "cifar_classifier",
        "network",
        "the two hidden dense layers have no ReLU",
        """
def network(input_shape, num_classes):
    model = tf.keras.models.Sequential()
    model.add(tf.keras.Input(shape=input_shape))
    model.add(tf.keras.layers.Conv2D(64, (5, 5), padding='same', activation='relu'))
    model.add(tf.keras.layers.MaxPooling2D((2, 2), strides=2))
    model.add(tf.keras.layers.Conv2D(64, (5, 5), padding='same', activation='relu'))
    model.add(tf.keras.layers.MaxPooling2D((2, 2), strides=2))
    model.add(tf.keras.layers.Flatten())
    model.add(tf.keras.layers.Dense(256))
    model.add(tf.keras.layers.Dense(128))
    model.add(tf.keras.layers.Dense(num_classes, activation='softmax'))
    return model
""",
    ),
    "q_sigmoid_classes": Stranger(
        "cifar_classifier",
        "classifier",
        "the last layer is a sigmoid and not a softmax",
        old='model.add(layers.Dense(num_classes, activation="softmax"))',
        new='model.add(layers.Dense(num_classes, activation="sigmoid"))',
    ),
}
