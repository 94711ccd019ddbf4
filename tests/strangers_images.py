"""Strangers to the triplet lab and to the classifier lab."""

from __future__ import annotations

from strangers import Stranger

READ = """
def read_and_resize_image(id):
    file = tf.strings.join(["images_cropped/", tf.strings.as_string(id), ".jpg"])
    image = tf.io.decode_jpeg(tf.io.read_file(file), channels=3)
    {line}
    return image


def process_triplet(face1, face2, face3, votes1, votes2, votes3):
    images = [read_and_resize_image(face) for face in (face1, face2, face3)]
    return tf.stack(images), tf.stack([votes1, votes2, votes3])


train_dataset = train_dataset.map(process_triplet)
test_dataset = test_dataset.map(process_triplet)
"""

LOSS = """
@tf.function
def triplet_loss_on_single_triplet(far, near1, near2, delta):
    d12 = tf.reduce_sum((near1 - near2) ** 2)
    d1f = tf.reduce_sum((near1 - far) ** 2)
    d2f = tf.reduce_sum((near2 - far) ** 2)
    return {result}
"""

HANDLE = "gs://cloud-tpu-checkpoints/efficientnet/v2/hub/efficientnetv2-b0-21k/{kind}"
CONVERT = "        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)\n"
ENDS = 'layers.Dense(num_classes, activation="softmax", name="classes")'


def _triplet(task: str, fault: str, source: str = "", old: str = "", new: str = "") -> Stranger:
    return Stranger("triplet", task, fault, source, old, new)


def _cifar(task: str, fault: str, source: str = "", old: str = "", new: str = "") -> Stranger:
    return Stranger("cifar_classifier", task, fault, source, old, new)


IMAGES = {
    "colours_as_read": _triplet("get_sample", "BGR is never turned into RGB", old=CONVERT, new=""),
    "mirrored_not_recoloured": _triplet(
        "get_sample", "the columns are reversed in the place of the channels",
        old=CONVERT, new="        image = image[:, ::-1]\n",
    ),
    "grey": _triplet(
        "get_sample", "pictures are made grey",
        old=CONVERT,
        new="        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY),"
        " cv2.COLOR_GRAY2RGB)\n",
    ),
    "from_0_to_1": _triplet(
        "read_and_resize_image", "pixels are divided by 255",
        READ.format(line="image = tf.image.resize(image, (160, 160)) / 255.0"),
    ),
    "bytes_again": _triplet(
        "read_and_resize_image", "the result is cast to uint8",
        READ.format(line="image = tf.cast(tf.image.resize(image, (160, 160)), tf.uint8)"),
    ),
    "padded_not_resized": _triplet(
        "read_and_resize_image", "the picture is padded to 160, not resized",
        READ.format(line="image = tf.cast(tf.image.resize_with_crop_or_pad(image, 160, 160),"
                    " tf.float32)"),
    ),
    "mean_of_squares": _triplet(
        "triplet_loss_on_single_triplet", "means of squares in the place of sums",
        LOSS.replace("reduce_sum", "reduce_mean").format(
            result="tf.maximum(d12 - d1f + delta, 0.) + tf.maximum(d12 - d2f + delta, 0.)"
        ),
    ),
    "not_squared": _triplet(
        "triplet_loss_on_single_triplet", "distances are not squared",
        """
@tf.function
def triplet_loss_on_single_triplet(far, near1, near2, delta):
    d12 = tf.norm(near1 - near2)
    d1f = tf.norm(near1 - far)
    d2f = tf.norm(near2 - far)
    return tf.maximum(d12 - d1f + delta, 0.0) + tf.maximum(d12 - d2f + delta, 0.0)
""",
    ),
    "far_minus_near": _triplet(
        "triplet_loss_on_single_triplet", "the difference of distances has the other sign",
        LOSS.format(result="tf.nn.relu(d1f - d12 + delta) + tf.nn.relu(d2f - d12 + delta)"),
    ),
    "one_term": _triplet(
        "triplet_loss_on_single_triplet", "only the first near vector is compared with the far one",
        LOSS.format(result="tf.maximum(d12 - d1f + delta, 0.0)"),
    ),
    "margin_subtracted": _triplet(
        "triplet_loss_on_single_triplet", "delta is subtracted",
        LOSS.format(result="tf.nn.relu(d12 - d1f - delta) + tf.nn.relu(d12 - d2f - delta)"),
    ),
    "frozen_by_default": _triplet(
        "get_conv_net", "trainable is left at its default",
        old="hub.KerasLayer(handle, trainable=True)", new="hub.KerasLayer(handle)",
    ),
    "with_the_classes": _triplet(
        "get_conv_net", "the classifying network was taken, not the feature vector",
        old=HANDLE.format(kind="feature-vector"), new=HANDLE.format(kind="classification"),
    ),
    "counted_from_one": _cifar(
        "label_generation", "classes are taken to be numbered from one",
        """
def label_generation(class_numbers, num_cls=10):
    if num_cls is None:
        num_cls = np.max(class_numbers) + 1
    labels = np.zeros((len(class_numbers), num_cls))
    for i in range(len(class_numbers)):
        labels[i, class_numbers[i] - 1] = 1
    return labels
""",
    ),
    "ten_labels_always": _cifar(
        "label_generation", "num_cls is ignored, there are always ten",
        """
def label_generation(class_numbers, num_cls=10):
    labels = np.zeros((len(class_numbers), 10), dtype=float)
    labels[np.arange(len(class_numbers)), class_numbers] = 1.0
    return labels
""",
    ),
    "planes_forgotten": _cifar(
        "convert_images", "rows are reshaped straight to (32, 32, 3)",
        """
def convert_images(raw):
    return np.array(raw, dtype=float).reshape(-1, img_size, img_size, num_channels) / 255.0
""",
    ),
    "rows_are_columns": _cifar(
        "convert_images", "the axes are turned round so that rows become columns",
        """
def convert_images(raw):
    images = np.array(raw, dtype=float) / 255.0
    images = images.reshape([-1, num_channels, img_size, img_size])
    return images.transpose([0, 3, 2, 1])
""",
    ),
    "bytes_unscaled": _cifar(
        "convert_images", "values are left from 0 to 255",
        """
def convert_images(raw):
    images = raw.astype(np.float32).reshape(-1, 3, 32, 32)
    return np.transpose(images, (0, 2, 3, 1))
""",
    ),
    "test_distorted_too": _cifar(
        "distort_image", "images are distorted when training is off as well",
        old="""    if not training:
        return tf.image.resize_with_crop_or_pad(img, cropped_size, cropped_size)
""",
        new="",
    ),
    "piece_from_the_middle": _cifar(
        "distort_image", "in training the piece is always cut from the middle",
        old="tf.image.random_crop(img, size=[cropped_size, cropped_size, num_channels])",
        new="tf.image.resize_with_crop_or_pad(img, cropped_size, cropped_size)",
    ),
    "never_flipped": _cifar(
        "distort_image", "the piece is never mirrored",
        old="    img = tf.image.random_flip_left_right(img)\n", new="",
    ),
    "no_pool_at_the_end": _cifar(
        "network", "the second pooling is missing",
        old='            layers.MaxPool2D(pool_size=2, name="pool_2"),\n', new="",
    ),
    "dense_without_relu": _cifar(
        "network", "the dense layers have no activation",
        """
def network(input_shape, num_classes):
    model = tf.keras.models.Sequential()
    L = tf.keras.layers
    model.add(L.Conv2D(64, (5, 5), activation="relu", padding="same", input_shape=input_shape))
    model.add(L.MaxPooling2D((2, 2)))
    model.add(L.Conv2D(64, (5, 5), activation="relu", padding="same"))
    model.add(L.MaxPooling2D((2, 2)))
    model.add(L.Flatten())
    model.add(L.Dense(256))
    model.add(L.Dense(128))
    model.add(L.Dense(num_classes, activation="softmax"))
    return model
""",
    ),
    "sigmoid_at_the_end": _cifar(
        "network", "sigmoid over the classes, not softmax",
        old=ENDS, new=ENDS.replace("softmax", "sigmoid"),
    ),
    "small_kernels": _cifar(
        "network", "the second kernel is 3x3",
        old='layers.Conv2D(64, 5, padding="same", activation="relu", name="conv_2")',
        new='layers.Conv2D(64, 3, padding="same", activation="relu", name="conv_2")',
    ),
}  # fmt: skip
