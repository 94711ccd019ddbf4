"""The corpus, fourth part: networks that no driver was given, trained in loops of the student's."""

from __future__ import annotations

from corpus_book import Book, Entry
from corpus_models import BLOCKS, FUNCTIONAL, OWN_LOOP

SEQUENTIAL = """
import itertools
net = tf.keras.Sequential([
    tf.keras.layers.Conv2D(32, 3, padding='same', activation='relu', input_shape=(32, 32, 3)),
    tf.keras.layers.MaxPooling2D(), tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(10, activation='softmax')])
opt = tf.keras.optimizers.Adam(1e-3)
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy()


@tf.function
def my_step(xb, yb):
    with tf.GradientTape() as tape:
        loss = loss_fn(yb, net(xb, training=True))
    gradients = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(gradients, net.trainable_variables))
    return loss


for epoch in range(10):
    for xb, yb in itertools.islice(train_dset, 5):
        my_step(xb, yb)
"""
OWN_DRIVER = """
import itertools


def fit_it(model, optimizer, num_epochs=1):
    for epoch in range(num_epochs):
        for xb, yb in itertools.islice(train_dset, 5):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(
                    tf.keras.losses.sparse_categorical_crossentropy(yb, model(xb, training=True)))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))


fit_it(model_init_fn(), tf.keras.optimizers.Adam(1e-3), num_epochs=10)
"""
LOGITS = SEQUENTIAL.replace(", activation='softmax')", ")").replace(
    "Crossentropy()", "Crossentropy(from_logits=True)"
)
GIVEN_MODEL = """
def train_part34(model, optimizer, num_epochs=1, is_training=False):
    for epoch in range(num_epochs):
        model.fit(X_train, y_train)


train_part34(CustomConvNet(16, 10), tf.keras.optimizers.Adam(1e-3), 10, True)
"""


def entries() -> dict[str, Entry]:
    """By name; the name says what is the matter."""
    loop = OWN_LOOP.split("for epoch")[0]
    return {
        "class_with_arguments_in_an_own_loop": Entry(
            Book("ru").put("custom", BLOCKS + loop), says=("CustomConvNet",)),
        "own_loop_below_the_blank_class": Entry(
            Book().blank("custom").after("custom", SEQUENTIAL), says=("`net`",)),
        "logits_in_an_own_loop_below_the_blank": Entry(
            Book("ru").blank("custom").after("custom", LOGITS),
            {"CustomConvNet": "failed|partial"}),
        "own_driver_and_factory": Entry(Book().put("custom", FUNCTIONAL + OWN_DRIVER)),
        "driver_rewritten_to_take_a_model": Entry(
            Book("ru").put("custom", BLOCKS + GIVEN_MODEL)),
    }  # fmt: skip
