"""The tests of ``convnets`` as they are written for otter and nbgrader: Python that asserts.

This file's text goes into their tests, so it imports nothing of ours. Each ``check_…`` takes the
notebook's globals and asks what ours asks of the task of that name: shapes, values, gradients,
settings, and the accuracy that the notebook's own training printed (see ``NOTED`` in notebooks.py).
"""

import numpy as np
import tensorflow as tf


def check_three_layer_convnet(env):
    cases = [
        ((64, 32, 32, 3), (6, 9, 10), 0.0),
        ((4, 32, 32, 3), (6, 9, 10), 1.0),
        ((3, 9, 14, 3), (5, 7, 10), 1.0),
        ((1, 16, 12, 3), (4, 6, 10), 1.0),
        ((3, 11, 8, 1), (7, 2, 3), 1.0),
        ((3, 8, 10, 4), (2, 11, 13), 1.0),
        ((200, 6, 8, 3), (4, 3, 10), 1.0),
        ((4, 32, 32, 3), (6, 9, 10), -1.0),
    ]
    for number, (shape, sizes, scale) in enumerate(cases):
        x, params = _drawn(np.random.default_rng(number), shape, sizes, scale)
        got = env["three_layer_convnet"](x, params)
        assert tuple(got.shape) == (shape[0], sizes[2])
        np.testing.assert_allclose(got, _three_layers(x, params), rtol=1e-3, atol=1e-4)
    x, params = _drawn(np.random.default_rng(99), (2, 12, 10, 3), (4, 5, 10), 1.0)
    for mine, theirs in zip(
        _gradients(env["three_layer_convnet"], x, params),
        _gradients(_three_layers, x, params),
        strict=True,
    ):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-4)


def check_three_layer_convnet_init(env):
    params = env["three_layer_convnet_init"]()
    shapes = [(5, 5, 3, 32), (32,), (3, 3, 32, 16), (16,), (32 * 32 * 16, 10), (10,)]
    assert [tuple(p.shape) for p in params] == shapes
    assert all(isinstance(p, tf.Variable) for p in params)
    for weights in params[::2]:
        wanted = np.sqrt(2.0 / np.prod(weights.shape[:-1]))
        assert abs(np.std(weights.numpy()) / wanted - 1) < 0.2
    _reached(env, 0.43)


def check_ThreeLayerConvNet(env):  # noqa: N802  as the task is called
    for shape, (one, two, classes) in [
        ((4, 32, 32, 3), (12, 8, 10)),
        ((4, 32, 32, 3), (7, 9, 6)),
        ((2, 9, 14, 3), (5, 7, 3)),
        ((4, 3, 32, 32), (12, 8, 10)),
        ((1, 12, 10, 1), (6, 4, 11)),
    ]:
        _alike(env["ThreeLayerConvNet"](one, two, classes), shape, (one, two, classes))


def check_part3_model(env):
    _alike(env["model_init_fn"](), (4, 32, 32, 3), (32, 16, 10))
    _reached(env, 0.50)


def check_part3_optimizer(env):
    _nesterov(env["optimizer_init_fn"](), 3e-3)


def check_part4_model(env):
    _alike(env["model_init_fn"](), (4, 32, 32, 3), (32, 16, 10))
    _reached(env, 0.45)


def check_part4_optimizer(env):
    _nesterov(env["optimizer_init_fn"](), 5e-4)


def check_CustomConvNet(env):  # noqa: N802  as the task is called
    images = np.random.default_rng(0).normal(size=(8, 32, 32, 3)).astype(np.float32)
    got = env["model_init_fn"]()(images).numpy()
    assert got.shape == (8, 10)
    assert np.all(got >= 0)
    np.testing.assert_allclose(got.sum(axis=1), 1, rtol=1e-4)
    _reached(env, 0.70, best=True)


def _three_layers(x, params):
    w1, b1, w2, b2, w3, b3 = params
    h = tf.nn.relu(tf.nn.conv2d(x, w1, 1, "SAME") + b1)
    h = tf.nn.relu(tf.nn.conv2d(h, w2, 1, "SAME") + b2)
    return tf.reshape(h, (len(x), -1)) @ w3 + b3


def _drawn(rng, shape, sizes, scale):
    one, two, classes = sizes
    _, height, width, channels = shape
    made = [
        (5, 5, channels, one),
        (one,),
        (3, 3, one, two),
        (two,),
        (height * width * two, classes),
        (classes,),
    ]
    spread = [scale / np.sqrt(np.prod(each[:-1]) or 1) for each in made]
    params = [
        tf.Variable((rng.normal(size=each) * s).astype(np.float32))
        for each, s in zip(made, spread, strict=True)
    ]
    return tf.constant(rng.normal(size=shape).astype(np.float32) * scale), params


def _gradients(network, x, params):
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(network(x, params) ** 2)
    return tape.gradient(total, params)


def _alike(model, shape, sizes):
    """The model has the reference's weights' shapes, and with equal weights its outputs."""
    one, two, classes = sizes
    layers = tf.keras.layers
    wanted = tf.keras.Sequential(
        [
            tf.keras.Input(shape=shape[1:]),
            layers.Conv2D(one, 5, padding="same", activation="relu"),
            layers.Conv2D(two, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(classes, activation="softmax"),
        ]
    )
    rng = np.random.default_rng(7)
    images = rng.normal(size=shape).astype(np.float32)
    assert tuple(model(images).shape) == (shape[0], classes)
    weights = [(rng.normal(size=w.shape) * 0.1).astype(np.float32) for w in wanted.get_weights()]
    assert [w.shape for w in model.get_weights()] == [w.shape for w in weights]
    model.set_weights(weights)
    wanted.set_weights(weights)
    np.testing.assert_allclose(model(images), wanted(images), rtol=1e-3, atol=1e-4)


def _nesterov(optimizer, rate):
    assert type(optimizer).__name__ == "SGD"
    told = optimizer.get_config()
    np.testing.assert_allclose(told["learning_rate"], rate, rtol=1e-5)
    assert told["momentum"] == 0.9
    assert told["nesterov"] is True


def _reached(env, threshold, best=False):
    """The accuracies that were printed since the last check of one; none where nothing trained."""
    noted = env["NOTED"]
    if env["TRAINED"]:
        assert (max(noted) if best else noted[-1]) > threshold
    noted.clear()
