"""Slips in the convnets lab's first function, for ``convnets_unseen``."""

from __future__ import annotations

from convnets_slips import Slip

HEAD = "def three_layer_convnet(x, params):\n    cw1, cb1, cw2, cb2, fw, fb = params\n"


def nets() -> list[Slip]:
    """Bodies of the function, as they are written from memory of another framework or lecture."""
    bodies = {
        # the first layer in one line, the second without its activation
        "second_relu_missing": """
    a = tf.nn.relu(tf.nn.conv2d(x, cw1, 1, 'SAME') + cb1)
    b = tf.nn.conv2d(a, cw2, 1, 'SAME') + cb2
    return tf.matmul(tf.reshape(b, (x.shape[0], -1)), fw) + fb
""",
        # relu written into a variable that is never used again
        "first_relu_missing": """
    z1 = tf.nn.conv2d(x, cw1, 1, 'SAME') + cb1
    a1 = tf.nn.relu(z1)
    z2 = tf.nn.conv2d(z1, cw2, 1, 'SAME') + cb2
    a2 = tf.nn.relu(z2)
    return flatten(a2) @ fw + fb
""",
        # only matrices in mind
        "biases_missing": """
    a = tf.nn.relu(tf.nn.conv2d(x, cw1, strides=[1, 1], padding='SAME'))
    b = tf.nn.relu(tf.nn.conv2d(a, cw2, strides=[1, 1], padding='SAME'))
    return tf.matmul(flatten(b), fw)
""",
        "second_bias_missing": """
    a = tf.nn.relu(tf.nn.conv2d(x, cw1, 1, 'SAME') + cb1)
    b = tf.nn.relu(tf.nn.conv2d(a, cw2, 1, 'SAME'))
    return tf.matmul(flatten(b), fw) + fb
""",
        # loops over layers and activates every one of them
        "relu_on_scores": """
    h = x
    for w, b in ((cw1, cb1), (cw2, cb2)):
        h = tf.maximum(tf.nn.conv2d(h, w, 1, 'SAME') + b, 0)
    return tf.maximum(flatten(h) @ fw + fb, 0)
""",
        "valid_padding": """
    h = tf.nn.relu(tf.nn.conv2d(x, cw1, 1, 'VALID') + cb1)
    h = tf.nn.relu(tf.nn.conv2d(h, cw2, 1, 'VALID') + cb2)
    return flatten(h) @ fw + fb
""",
        # flattens as PyTorch would
        "channels_first": """
    h = tf.nn.relu(tf.nn.conv2d(x, cw1, 1, 'SAME') + cb1)
    h = tf.nn.relu(tf.nn.conv2d(h, cw2, 1, 'SAME') + cb2)
    h = tf.transpose(h, [0, 3, 1, 2])
    return tf.reshape(h, [h.shape[0], -1]) @ fw + fb
""",
        "softmax_on_scores": """
    h = tf.nn.relu(tf.nn.conv2d(x, cw1, 1, 'SAME') + cb1)
    h = tf.nn.relu(tf.nn.conv2d(h, cw2, 1, 'SAME') + cb2)
    e = tf.exp(flatten(h) @ fw + fb)
    return e / tf.reduce_sum(e, axis=1, keepdims=True)
""",
        "gradient_cut": """
    h = tf.nn.relu(tf.nn.conv2d(x, cw1, 1, 'SAME') + cb1)
    h = tf.nn.relu(tf.nn.conv2d(h, cw2, 1, 'SAME') + cb2)
    h = np.asarray(h).reshape(len(h), -1)
    return tf.stop_gradient(h @ fw + fb)
""",
        # the bias is put where batch norm would be
        "first_bias_after_relu": """
    h = tf.nn.relu(tf.nn.conv2d(x, cw1, 1, 'SAME'))
    h = h + cb1
    h = tf.nn.relu(tf.nn.conv2d(h, cw2, 1, 'SAME') + cb2)
    return flatten(h) @ fw + fb
""",
        # turns the kernels over, as convolution is defined in mathematics
        "kernels_flipped": """
    h = tf.nn.relu(tf.nn.conv2d(x, cw1[::-1, ::-1], 1, 'SAME') + cb1)
    h = tf.nn.relu(tf.nn.conv2d(h, cw2[::-1, ::-1], 1, 'SAME') + cb2)
    return flatten(h) @ fw + fb
""",
    }
    return [
        Slip("three_layer_convnet", HEAD + body.lstrip("\n"), frozenset({name}))
        for name, body in bodies.items()
    ]
