# ruff: noqa: F821
"""The classifier lab, solved: each cell takes the place of the handout's cell of that id."""


# %% [label-generation]
def label_generation(class_numbers, num_cls=10):
    """Class numbers (N,) to labels (N, num_cls): a one in the place of the class, else zeros."""
    if num_cls is None:
        num_cls = np.max(class_numbers) + 1
    return np.eye(num_cls, dtype=np.float32)[class_numbers]


# %% [convert-images]
def convert_images(raw):
    """Rows of bytes (N, 3072) to images (N, 32, 32, 3) with values from 0 to 1."""
    scaled = np.asarray(raw, dtype=np.float32) / 255.0
    planes = scaled.reshape([-1, num_channels, img_size, img_size])
    return planes.transpose([0, 2, 3, 1])


# %% [distort-image]
def distort_image(img, training):
    """An image (32, 32, 3) to a piece (24, 24, 3): distorted at random, or from the middle."""
    if not training:
        return tf.image.resize_with_crop_or_pad(img, cropped_size, cropped_size)
    img = tf.image.random_crop(img, size=[cropped_size, cropped_size, num_channels])
    img = tf.image.random_flip_left_right(img)
    img = tf.image.random_hue(img, max_delta=0.05)
    img = tf.image.random_contrast(img, lower=0.3, upper=1.0)
    img = tf.image.random_brightness(img, max_delta=0.2)
    img = tf.image.random_saturation(img, lower=0.0, upper=2.0)
    return tf.clip_by_value(img, 0.0, 1.0)


# %% [network]
def network(input_shape, num_classes):
    """Two convolutions with pooling, two dense layers and a softmax."""
    layers = tf.keras.layers
    return tf.keras.Sequential(
        [
            tf.keras.Input(shape=input_shape),
            layers.Conv2D(64, 5, padding="same", activation="relu", name="conv_1"),
            layers.MaxPool2D(pool_size=2, name="pool_1"),
            layers.Conv2D(64, 5, padding="same", activation="relu", name="conv_2"),
            layers.MaxPool2D(pool_size=2, name="pool_2"),
            layers.Flatten(),
            layers.Dense(256, activation="relu", name="fc_1"),
            layers.Dense(128, activation="relu", name="fc_2"),
            layers.Dense(num_classes, activation="softmax", name="classes"),
        ]
    )


# %% [variant]
variant = "fashion_mnist"
chosen_classes = None
data_folder = None


# %% [classifier]
def make_classifier(input_shape, num_classes):
    """Three blocks of convolution, pooling and batch norm, and a softmax over the classes."""
    layers = tf.keras.layers
    model = tf.keras.Sequential([tf.keras.Input(shape=input_shape)])
    for filters in (16, 32, 64):
        model.add(layers.Conv2D(filters, 3, padding="same", use_bias=False))
        # Pooling first lets batch norm and ReLU work on a quarter of the pixels.
        model.add(layers.MaxPool2D())
        model.add(layers.BatchNormalization(momentum=0.9))
        model.add(layers.ReLU())
    model.add(layers.Flatten())
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


def make_optimizer():
    """Adam, with its usual learning rate."""
    return tf.keras.optimizers.Adam(1e-3)
