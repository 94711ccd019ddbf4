"""Strangers to the lecture about convolutional networks."""

from __future__ import annotations

from strangers import Stranger

CONVOLVE = """
def conv2d_one_filter(X, W, padding="same", stride=(1, 1)):
    h, w = X.shape
    kh, kw = W.shape
    sh, sw = stride
    if padding == "same":
        oh, ow = int(np.ceil(h / sh)), int(np.ceil(w / sw))
        ph = max((oh - 1) * sh + kh - h, 0)
        pw = max((ow - 1) * sw + kw - w, 0)
        X = np.pad(X, ((ph // 2, ph - ph // 2), (pw // 2, pw - pw // 2)))
    else:
        oh, ow = (h - kh) // sh + 1, (w - kw) // sw + 1
    out = np.zeros((oh, ow))
    for i in range(oh):
        for j in range(ow):
            out[i, j] = {cell}
    return out
"""
WINDOW = "X[i * sh:i * sh + kh, j * sw:j * sw + kw]"

NORM = """
def batch_norm(input_tensor, is_training, momentum=0.99, name="batch_norm"):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        c = input_tensor.shape.as_list()[-1]
        gamma = tf.get_variable("gamma", [c], initializer=tf.ones_initializer())
        beta = tf.get_variable("beta", [c], initializer=tf.zeros_initializer())
        mm = tf.get_variable("mm", [c], initializer=tf.zeros_initializer(), trainable=False)
        mv = tf.get_variable("mv", [c], initializer=tf.ones_initializer(), trainable=False)
        mean, var = tf.nn.moments(input_tensor, list(range(len(input_tensor.shape) - 1)))
        m = tf.where(is_training, mean, mm)
        v = tf.where(is_training, var, mv)
        out = gamma * (input_tensor - m) / {scale} + beta
        keep = tf.where(is_training, {kept}, 1.0)
        ups = [tf.assign(mm, keep * mm + (1 - keep) * mean),
               tf.assign(mv, keep * mv + (1 - keep) * var)]
        return out, ups
"""
ROOT_OF_VARIANCE = "tf.sqrt(v + 1e-3)"


def _lecture(task: str, fault: str, source: str = "", old: str = "", new: str = "") -> Stranger:
    return Stranger("cnn_lecture", task, fault, source, old, new)


LECTURE = {
    "mirrored_kernel": _lecture(
        "conv2d_one_filter", "the kernel is mirrored, as in mathematics",
        CONVOLVE.format(cell=f"np.sum({WINDOW} * W[::-1, ::-1])"),
    ),
    "mean_of_products": _lecture(
        "conv2d_one_filter", "the products are averaged, not summed",
        CONVOLVE.format(cell=f"np.mean({WINDOW} * W)"),
    ),
    "steps_exchanged": _lecture(
        "conv2d_one_filter", "the vertical and the horizontal step are exchanged",
        CONVOLVE.replace("sh, sw = stride", "sw, sh = stride").format(cell=f"np.sum({WINDOW} * W)"),
    ),
    "zeros_win": _lecture(
        "max_pooling", "'same' pads with zeros, which win over negative numbers",
        """
def max_pooling(X, kernel_size=(2, 2), padding="same", strides=(2, 2)):
    h, w = X.shape
    (kh, kw), (sh, sw) = kernel_size, strides
    if padding == "same":
        oh, ow = -(-h // sh), -(-w // sw)
        ph, pw = max((oh - 1) * sh + kh - h, 0), max((ow - 1) * sw + kw - w, 0)
        X = np.pad(X, ((ph // 2, ph - ph // 2), (pw // 2, pw - pw // 2)))
    else:
        oh, ow = (h - kh) // sh + 1, (w - kw) // sw + 1
    out = np.zeros((oh, ow), dtype=X.dtype)
    for i in range(oh):
        for j in range(ow):
            out[i, j] = X[i * sh:i * sh + kh, j * sw:j * sw + kw].max()
    return out
""",
    ),
    "square_windows": _lecture(
        "max_pooling", "the window is as wide as it is high",
        old="X[max(y0, 0) : y0 + kernel_size[0], max(x0, 0) : x0 + kernel_size[1]]",
        new="X[max(y0, 0) : y0 + kernel_size[0], max(x0, 0) : x0 + kernel_size[0]]",
    ),
    "relu_in_the_layer": _lecture(
        "conv_layer", "conv_layer applies a ReLU itself",
        old="return tf.nn.bias_add(conv, bias)",
        new="return tf.nn.relu(tf.nn.bias_add(conv, bias))",
    ),
    "no_bias_at_all": _lecture(
        "conv_layer", "there is no bias",
        """
def conv_layer(input_tensor, output_channels, name="conv", kernel_size=(3, 3), strides=(1, 1),
               padding="SAME"):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        c = input_tensor.shape.as_list()[3]
        w = tf.get_variable("w", [kernel_size[0], kernel_size[1], c, output_channels])
        return tf.nn.conv2d(input_tensor, w, [1, strides[0], strides[1], 1], padding)
""",
    ),
    "step_of_the_window": _lecture(
        "max_pool", "strides are ignored, the window's size is the step",
        old="strides=strides, padding=padding", new="strides=kernel_size, padding=padding",
    ),
    "largest_for_mean": _lecture(
        "avg_pool", "the largest number, not the mean",
        old="tf.nn.avg_pool2d", new="tf.nn.max_pool2d",
    ),
    "one_row_for_all": _lecture(
        "flatten", "the whole batch becomes one row",
        """
def flatten(input_tensor, name="flatten"):
    return tf.reshape(input_tensor, [1, -1], name=name)
""",
    ),
    "relu_in_dense": _lecture(
        "dense", "dense applies a ReLU itself",
        old="return tf.nn.bias_add(tf.matmul(input_tensor, weights), bias)",
        new="return tf.nn.relu(tf.matmul(input_tensor, weights) + bias)",
    ),
    "strides_not_passed": _lecture(
        "conv_block", "strides are not passed on",
        """
def conv_block(x, output_channels, name, strides=(1, 1), kernel_size=(3, 3), padding="SAME"):
    with tf.variable_scope(name):
        return tf.nn.relu(conv_layer(x, output_channels, kernel_size=kernel_size, padding=padding))
""",
    ),
    "same_in_le_net": _lecture(
        "le_net", "the second convolution is padded",
        old='conv2 = conv_block(pool1, 16, "conv2", kernel_size=(5, 5), padding="VALID")',
        new='conv2 = conv_block(pool1, 16, "conv2", kernel_size=(5, 5), padding="SAME")',
    ),
    "relu_on_the_scores": _lecture(
        "le_net", "the scores go through a ReLU",
        old='return dense(fc2, 10, name="fc3")',
        new='return tf.nn.relu(dense(fc2, 10, name="fc3"))',
    ),
    "divided_by_variance": _lecture(
        "batch_norm", "divided by the variance, not by its root",
        NORM.format(scale="(v + 1e-3)", kept="momentum"),
    ),
    "momentum_exchanged": _lecture(
        "batch_norm", "momentum weighs the new statistics, not the old ones",
        NORM.format(scale=ROOT_OF_VARIANCE, kept="1 - momentum"),
    ),
    "relu_before_norm": _lecture(
        "conv_block_with_bn", "ReLU comes before the batch norm",
        old="""        normed, updates = batch_norm(convolved, is_training)
        return tf.nn.relu(normed), updates""",
        new="""        return batch_norm(tf.nn.relu(convolved), is_training)""",
    ),
    "one_dropout": _lecture(
        "alex_net", "the second dropout is missing",
        old="fc2 = tf.nn.relu(dense(drop2, 4096", new="fc2 = tf.nn.relu(dense(fc1, 4096",
    ),
    "narrow_first_layer": _lecture(
        "alex_net", "the first convolution moves by 2, not by 4",
        old="strides=(4, 4)", new="strides=(2, 2)",
    ),
    "relu_before_the_sum": _lecture(
        "resnet_block", "ReLU before the sum and none after it",
        old="return tf.nn.relu(bn2 + passed)", new="return tf.nn.relu(bn2) + passed",
    ),
    "no_relu_between": _lecture(
        "resnet_block", "there is no ReLU between the two convolutions",
        old="conv2 = conv_layer(relu1,", new="conv2 = conv_layer(bn1,",
    ),
    "summed_pixels": _lecture(
        "global_average_pooling", "the sum of the pixels, not the mean",
        old="tf.reduce_mean", new="tf.reduce_sum",
    ),
    "every_block_halves": _lecture(
        "ResNet18", "the second block of each stage halves the size too",
        old='return self.block(x, channels, (1, 1), "block2")',
        new='return self.block(x, channels, (2, 2), "block2")',
    ),
    "reduced_after": _lecture(
        "InceptionV1Network", "in the 3x3 branch reducing and full filters are exchanged",
        old="""spec.filters_3x3_reduce, "reduce_3x3", kernel_size=(1, 1))
            three = conv_block(three, spec.filters_3x3,""",
        new="""spec.filters_3x3, "reduce_3x3", kernel_size=(1, 1))
            three = conv_block(three, spec.filters_3x3_reduce,""",
    ),
    "pooling_of_two": _lecture(
        "InceptionV1Network", "the branch's pooling has a 2x2 window",
        old='pool = max_pool(x, (3, 3), strides=(1, 1), name="pool")',
        new='pool = max_pool(x, (2, 2), strides=(1, 1), name="pool")',
    ),
    "upside_down": _lecture(
        "augmentation", "the piece is turned upside down, not mirrored",
        old="piece = piece[:, ::-1]", new="piece = piece[::-1]",
    ),
    "corner_always": _lecture(
        "augmentation", "the piece is always the upper left one",
        old="top, left = np.random.randint(0, crop + 1), np.random.randint(0, crop + 1)",
        new="top, left = 0, 0",
    ),
}  # fmt: skip
