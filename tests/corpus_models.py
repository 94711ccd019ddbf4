"""The corpus, third part: what students hand over as their own network, and in which state."""

from __future__ import annotations

from corpus_book import CALL, Book, Entry

TRAIN = f"\nnum_epochs = 10\n{CALL[:-1]}, num_epochs=num_epochs, is_training=True)\n"
ADAM = "\n\ndef optimizer_init_fn():\n    return tf.keras.optimizers.Adam(1e-3)\n"
FUNCTIONAL = """
def model_init_fn():
    inputs = tf.keras.Input((32, 32, 3))
    x = tf.keras.layers.Conv2D(32, 3, padding='same', activation='relu')(inputs)
    x = tf.keras.layers.MaxPooling2D()(x)
    x = tf.keras.layers.Flatten()(x)
    return tf.keras.Model(inputs, tf.keras.layers.Dense(10, 'softmax')(x))
"""
FITTED = """
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau
net = tf.keras.Sequential([
    tf.keras.layers.Conv2D(32, 3, padding='same', activation='relu'),
    tf.keras.layers.MaxPooling2D(), tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(10, activation='softmax')])
net.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
history = net.fit(X_train, y_train, batch_size=64, epochs=10, validation_data=(X_val, y_val),
                  callbacks=[EarlyStopping(patience=2), ReduceLROnPlateau()])
plt.plot(history.history['val_accuracy'])
print(max(history.history['val_accuracy']))
"""
ONE_HOT = """
class CustomConvNet(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.net = tf.keras.Sequential([
            tf.keras.layers.Conv2D(32, 3, activation='relu'), tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(10, activation='softmax')])

    def call(self, x, training=False):
        return self.net(x, training=training)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.keras.losses.categorical_crossentropy(y, self(x)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {'loss': loss}


labels = tf.keras.utils.to_categorical(y_train, 10)
model = CustomConvNet()
model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
model.fit(X_train, labels, epochs=10)
"""
ENSEMBLE = """
class Voters(tf.keras.Model):
    def __init__(self, count=3):
        super().__init__()
        self.members = [tf.keras.Sequential([
            tf.keras.layers.Conv2D(16, 3, activation='relu'), tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(10, activation='softmax')]) for _ in range(count)]

    def call(self, x, training=False):
        return tf.add_n([member(x, training=training) for member in self.members]) / 3


def model_init_fn():
    return Voters()
"""
BLOCKS = """
class Block(tf.keras.layers.Layer):
    def __init__(self, filters, **options):
        super(Block, self).__init__(**options)
        self.conv = tf.keras.layers.Conv2D(filters, 3, padding='same')
        self.norm = tf.keras.layers.BatchNormalization()
        self.short = tf.keras.layers.Conv2D(filters, 1)

    def call(self, x, training=None):
        return tf.nn.relu(self.norm(self.conv(x), training=training) + self.short(x))


class CustomConvNet(tf.keras.Model):
    def __init__(self, filters, num_classes):
        super(CustomConvNet, self).__init__()
        self.body = tf.keras.Sequential([Block(filters), Block(2 * filters)])
        self.pool = tf.keras.layers.GlobalAveragePooling2D()
        self.fc = tf.keras.layers.Dense(num_classes, activation=tf.nn.softmax)

    def call(self, input_tensor, training=False):
        return self.fc(self.pool(self.body(input_tensor, training=training)))
"""
OWN_LOOP = """
model = CustomConvNet(16, 10)
optimizer = tf.keras.optimizers.Adam(1e-3)
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy()
for epoch in range(10):
    for t, (xb, yb) in enumerate(train_dset):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
"""
FACTORY = "\n\ndef model_init_fn():\n    return CustomConvNet(16, 10)\n"
HUGE = """
class CustomConvNet(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = tf.keras.layers.Conv2D(64, 3, padding='same', activation='relu')
        self.hidden = tf.keras.layers.Dense(4096, activation='relu')
        self.fc = tf.keras.layers.Dense(10, activation='softmax')

    def call(self, x, training=False):
        return self.fc(self.hidden(tf.reshape(self.conv(x), (tf.shape(x)[0], 65536))))


def model_init_fn():
    return CustomConvNet()
"""
GLOBAL_BATCH = """
class CustomConvNet(tf.keras.Model):
    def __init__(self):
        super().__init__()

    def call(self, input_tensor, training=False):
        return x


def model_init_fn():
    return CustomConvNet()
"""
LAZY = """
class CustomConvNet(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.fc = None

    def call(self, x, training=False):
        if self.fc is None:
            self.conv = tf.keras.layers.Conv2D(32, 3, activation='relu')
            self.fc = tf.keras.layers.Dense(10, activation='softmax')
        return self.fc(tf.keras.layers.Flatten()(self.conv(x)))


def model_init_fn():
    return CustomConvNet()
"""
SCHEDULE = """

def optimizer_init_fn():
    rate = tf.keras.optimizers.schedules.ExponentialDecay(1e-3, 1000, 0.9)
    return tf.keras.optimizers.Adam(rate)
"""
AUGMENTED = """
class CustomConvNet(tf.keras.Model):
    def __init__(self):
        super().__init__()
        preprocessing = tf.keras.layers.experimental.preprocessing
        self.flip = preprocessing.RandomFlip('horizontal')
        self.conv = tf.keras.layers.Conv2D(32, 3, activation='relu')
        self.flatten = tf.keras.layers.Flatten()
        self.fc = tf.keras.layers.Dense(10, activation='softmax')

    def call(self, x, training=False):
        return self.fc(self.flatten(self.conv(self.flip(x, training=training))))


def model_init_fn():
    return CustomConvNet()
"""
PIPELINE = """
train_dset = tf.data.Dataset.from_tensor_slices((X_train, y_train)).shuffle(1000).batch(64)
val_dset = tf.data.Dataset.from_tensor_slices((X_val, y_val)).batch(64).prefetch(tf.data.AUTOTUNE)
"""
LATE = """
channel_1, channel_2, num_classes = 7, 5, 3
learning_rate = 123.0
"""


def entries() -> dict[str, Entry]:
    """By name; the name says what is the matter."""
    logits = FUNCTIONAL.replace("Dense(10, 'softmax')", "Dense(10)")
    no_text = {"experiments": "not_attempted|failed"}
    return {
        "functional_model": Entry(Book().put("custom", FUNCTIONAL + ADAM + TRAIN)),
        "functional_model_in_russian": Entry(Book("ru").put("custom", FUNCTIONAL + ADAM + TRAIN)),
        "fit_with_callbacks": Entry(Book().put("custom", FITTED)),
        "fit_below_the_blank_class": Entry(Book("ru").blank("custom").after("custom", FITTED)),
        "one_hot_labels_and_train_step": Entry(Book().put("custom", ONE_HOT)),
        "one_hot_labels_in_russian": Entry(Book("ru").put("custom", ONE_HOT)),
        "ensemble": Entry(Book().put("custom", ENSEMBLE + ADAM + TRAIN)),
        "ensemble_in_russian": Entry(Book("ru").put("custom", ENSEMBLE + ADAM + TRAIN)),
        "nested_layers_and_own_loop": Entry(Book().put("custom", BLOCKS + OWN_LOOP + FACTORY)),
        "constructor_with_arguments": Entry(
            Book("ru").put("custom", BLOCKS + FACTORY + ADAM + TRAIN)),
        "270_million_parameters": Entry(Book().put("custom", HUGE + ADAM + TRAIN)),
        "logits_for_probabilities": Entry(
            Book().put("custom", logits + ADAM + TRAIN), {"CustomConvNet": "failed|partial"}),
        "logits_for_probabilities_in_russian": Entry(
            Book("ru").put("custom", logits + ADAM + TRAIN), {"CustomConvNet": "failed|partial"}),
        "a_blank_that_returns_the_global_batch": Entry(
            Book().put("custom", GLOBAL_BATCH + ADAM + TRAIN),
            {"CustomConvNet": "not_attempted"}),
        "learning_rate_schedule": Entry(Book().put("custom", FUNCTIONAL + SCHEDULE + TRAIN)),
        "experimental_augmentation": Entry(
            Book("ru").put("custom", AUGMENTED + ADAM + TRAIN), runtime="keras2"),
        "augmentation_and_decay": Entry(
            Book().put("custom", AUGMENTED + ADAM.replace("1e-3", "1e-3, decay=1e-6") + TRAIN),
            runtime="keras2"),
        "layers_made_in_call": Entry(
            Book().put("custom", LAZY + ADAM + TRAIN), runtime="keras2"),
        "tf_data_pipeline": Entry(Book().after("dataset", PIPELINE)),
        "tf_data_pipeline_in_russian": Entry(Book("ru").put("dataset", PIPELINE)),
        "globals_changed_at_the_end": Entry(Book().after("custom", LATE)),
        "globals_changed_after_each_part": Entry(
            Book("ru").after("part3-training", LATE).after("part4-training", LATE)),
        "float64_weights": Entry(Book("en", "float64_weights")),
        "float64_weights_without_ids": Entry(Book("ru", "float64_weights").without_ids()),
        "no_text_of_experiments": Entry(Book().blank("experiments"), no_text),
    }  # fmt: skip
