"""Keys that can be computed, and the wrong numbers that typical mistakes lead to."""

import itertools

import numpy as np

IMAGE = 256 * 256 * 3
SAMPLES = 200


def three_dense_layers():
    """3.1: 400 inputs, then layers of 300, 200 and 100 neurons."""
    return _chain(400, 300, 200, 100)


def three_dense_layers_without_biases():
    return _chain(400, 300, 200, 100, bias=False)


def three_dense_layers_with_a_dense_input():
    """As if the input itself had a bias for each of its numbers."""
    return three_dense_layers() + 400


def three_dense_layers_short_of_the_last():
    return _chain(400, 300, 200)


def four_concatenated_layers():
    """3.2: each layer of 1000 neurons gets the input and the outputs of all layers before it."""
    return _concatenated(4)


def four_concatenated_layers_without_biases():
    return _concatenated(4, bias=False)


def four_layers_in_a_chain():
    return _chain(1000, 1000, 1000, 1000, 1000)


def three_concatenated_layers():
    return _concatenated(3)


def five_concatenated_layers():
    return _concatenated(5)


def layer_after_flatten():
    """4.2: 100 neurons on a flattened image of 256 by 256 pixels in three colours."""
    return _dense(IMAGE, 100)


def layer_after_flatten_without_biases():
    return _dense(IMAGE, 100, bias=False)


def layer_after_flatten_and_the_output():
    return _chain(IMAGE, 100, 10)


def layer_after_flatten_of_a_batch():
    return _dense(64 * IMAGE, 100)


def layer_after_flatten_of_one_channel():
    return _dense(256 * 256, 100)


def moved_scaling():
    """4.3: a trained last layer has a bias, which the moved layer divides too."""
    rng = np.random.default_rng(0)
    first, second, last = (rng.normal(size=shape) for shape in ((5, 8), (8, 8), (8, 1)))
    bias = rng.normal(size=1)

    def network(x):
        return np.maximum(np.maximum(x @ first, 0) @ second, 0) @ last + bias

    x = 255 * rng.uniform(size=(SAMPLES, 5))
    before, after = network(x / 255), network(x) / 255
    same, rounding = np.array_equal(before, after), np.allclose(before, after)
    return 2 if same else 3 if rounding else 1


def triplet_loss_statements():
    """12.2: those of the six statements that hold, found by trying them out."""
    rng = np.random.default_rng(0)
    delta = 0.5
    batch = rng.normal(size=(SAMPLES, 3, 16))
    shares = rng.dirichlet((1, 1, 1), size=SAMPLES)
    each = np.array([_by_votes(*t, *s, delta) for t, s in zip(batch, shares, strict=True)])
    whole = each.mean()  # `triplet_loss` ends in `tf.math.reduce_mean`
    single = [[_loss(t[i], *np.delete(t, i, axis=0), delta) for i in range(3)] for t in batch]
    near = np.zeros(16), np.full(16, 0.01)
    far = np.full(16, 10 * delta / 4)  # at 10 delta: the square root of 16 is 4
    holds = [
        np.isclose(whole, each.sum()),
        _loss(*np.zeros((3, 16)), delta) == 0,
        each.min() < 0,
        np.allclose(shares.sum(axis=1), 1),
        np.allclose(each, np.average(single, axis=1, weights=shares)),
        np.allclose(_gradient(lambda x: _loss(x, *near, delta), far), 0),
    ]
    return [number for number, true in enumerate(holds, 1) if true]


def _dense(inputs, neurons, bias=True):
    return inputs * neurons + bias * neurons


def _chain(*widths, bias=True):
    return sum(_dense(a, b, bias) for a, b in itertools.pairwise(widths))


def _concatenated(layers, width=1000, bias=True):
    return sum(_dense(width * (number + 1), width, bias) for number in range(layers))


def _loss(far, near1, near2, delta):
    def squared(a, b):
        return ((a - b) ** 2).sum()

    together = squared(near1, near2) + delta
    return max(0.0, together - squared(near1, far)) + max(0.0, together - squared(near2, far))


def _by_votes(one, two, three, votes1, votes2, votes3, delta):
    return (
        votes1 * _loss(one, two, three, delta)
        + votes2 * _loss(two, one, three, delta)
        + votes3 * _loss(three, one, two, delta)
    )


def _gradient(function, x, step=1e-4):
    """Central differences, one coordinate after the other."""
    steps = step * np.eye(len(x))
    return np.array([(function(x + s) - function(x - s)) / (2 * step) for s in steps])
