"""Strangers to the lecture that were sealed until the lists were done."""

from __future__ import annotations

from strangers import Stranger

LECTURE: dict[str, Stranger] = {
    # --------------------------------------------------------------- cnn_lecture
    "q_thinned_out": Stranger(
        "cnn_lecture",
        "conv2d_one_filter",
        "with 'same' a stride thins out the stride-1 result: padding does not depend on stride",
        """
def conv2d_one_filter(X, W, padding="same", stride=(1, 1)):
    kh, kw = W.shape
    if padding == "same":
        up, left = (kh - 1) // 2, (kw - 1) // 2
        X = np.pad(X, ((up, kh - 1 - up), (left, kw - 1 - left)), mode="constant")
    h, w = X.shape[0] - kh + 1, X.shape[1] - kw + 1
    out = np.zeros((h, w), dtype=np.result_type(X, W))
    for i in range(h):
        for j in range(w):
            out[i, j] = (X[i:i + kh, j:j + kw] * W).sum()
    return out[::stride[0], ::stride[1]]
""",
    ),
    "q_windows_from_the_corner": Stranger(
        "cnn_lecture",
        "max_pooling",
        "with 'same' the first window starts in the corner: all padding is at the bottom and right",
        """
def max_pooling(X, kernel_size=(2, 2), padding="same", strides=(2, 2)):
    h, w = X.shape
    kh, kw = kernel_size
    sh, sw = strides
    if padding == "same":
        out_h, out_w = math.ceil(h / sh), math.ceil(w / sw)
    else:
        out_h, out_w = (h - kh) // sh + 1, (w - kw) // sw + 1
    out = np.zeros((out_h, out_w), dtype=X.dtype)
    for i in range(out_h):
        for j in range(out_w):
            # the slice ends at the border by itself
            out[i, j] = X[i * sh:i * sh + kh, j * sw:j * sw + kw].max()
    return out
""",
    ),
    "q_max_copied": Stranger(
        "cnn_lecture",
        "avg_pool",
        "max pooling, copied from the cell above, instead of the mean",
        old="tf.nn.avg_pool2d(",
        new="tf.nn.max_pool2d(",
    ),
    "q_pixels_are_rows": Stranger(
        "cnn_lecture",
        "flatten",
        "only the last axis is kept: each pixel, not each example, becomes a row (N*H*W, C)",
        """
def flatten(input_tensor, name="flatten"):
    size = input_tensor.get_shape().as_list()[-1]
    return tf.reshape(input_tensor, [-1, size], name=name)
""",
    ),
    "q_a_single_bias": Stranger(
        "cnn_lecture",
        "dense",
        "the bias is one number shared by all neurons, not one for each neuron",
        """
def dense(input_tensor, output_neurons, name="fc"):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        n = int(input_tensor.get_shape()[-1])
        W = tf.get_variable("W", shape=[n, output_neurons])
        b = tf.get_variable("b", shape=[1], initializer=tf.zeros_initializer())
        return tf.matmul(input_tensor, W) + b
""",
    ),
    "q_padding_not_passed": Stranger(
        "cnn_lecture",
        "conv_block",
        "the padding is not passed on to conv_layer: it is always SAME",
        """
def conv_block(x, output_channels, name, strides=(1, 1), kernel_size=(3, 3), padding="SAME"):
    x = conv_layer(x, output_channels, name=name, kernel_size=kernel_size, strides=strides)
    return tf.nn.relu(x)
""",
    ),
    "q_second_conv_same": Stranger(
        "cnn_lecture",
        "le_net",
        "the second convolution is padded SAME (the default) and not VALID",
        old='conv2 = conv_block(pool1, 16, "conv2", kernel_size=(5, 5), padding="VALID")',
        new='conv2 = conv_block(pool1, 16, "conv2", kernel_size=(5, 5))',
    ),
    "q_momentum_for_the_new": Stranger(
        "cnn_lecture",
        "batch_norm",
        "moving averages: momentum weighs the new value and (1 - momentum) the old one",
        old="new_mean = momentum * moving_mean + (1 - momentum) * mean\n"
        "            new_var = momentum * moving_var + (1 - momentum) * var",
        new="new_mean = momentum * mean + (1 - momentum) * moving_mean\n"
        "            new_var = momentum * var + (1 - momentum) * moving_var",
    ),
    "q_relu_before_bn": Stranger(
        "cnn_lecture",
        "conv_block_with_bn",
        "ReLU comes before the batch norm and not after it",
        """
def conv_block_with_bn(
    x, output_channels, is_training, name, kernel_size=(3, 3), strides=(1, 1), padding="SAME"
):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        out = conv_block(x, output_channels, "conv", strides=strides,
                         kernel_size=kernel_size, padding=padding)
        out, updates = batch_norm(out, is_training, name="bn")
    return out, updates
""",
    ),
    "q_no_fifth_pool": Stranger(
        "cnn_lecture",
        "alex_net",
        "pool5 is missing: the fifth convolution is flattened at once",
        """
def alex_net(input_tensor, dropout_rate, num_classes):
    with tf.variable_scope("alex_net", reuse=tf.AUTO_REUSE):
        x = conv_block(input_tensor, 96, "conv1", strides=(4, 4), kernel_size=(11, 11),
                       padding="VALID")
        x = max_pool(x, (3, 3), (2, 2), "VALID", "pool1")
        x = conv_block(x, 128, "conv2", kernel_size=(5, 5))
        x = max_pool(x, (3, 3), (2, 2), "VALID", "pool2")
        x = conv_block(x, 128, "conv3")
        x = conv_block(x, 128, "conv4")
        x = conv_block(x, 128, "conv5")
        x = flatten(x)
        x = dropout(x, dropout_rate, name="drop1")
        x = tf.nn.relu(dense(x, 4096, name="fc1"))
        x = dropout(x, dropout_rate, name="drop2")
        x = tf.nn.relu(dense(x, 4096, name="fc2"))
        return dense(x, num_classes, name="logits")
""",
    ),
    "q_relu_before_the_sum": Stranger(
        "cnn_lecture",
        "resnet_block",
        "the last ReLU is applied to the first way before the addition and not to the sum",
        old="return tf.nn.relu(bn2 + passed), updates1 + updates2 + updates3",
        new="return tf.nn.relu(bn2) + passed, updates1 + updates2 + updates3",
    ),
    "q_first_stage_keeps_size": Stranger(
        "cnn_lecture",
        "ResNet18",
        "the first stage (64 channels) begins with a block of stride 1, as in the paper, not 2",
        old='x = self.block(x, channels, (2, 2), "block1")',
        new='x = self.block(x, channels, (1, 1) if channels == 64 else (2, 2), "block1")',
    ),
    "q_specs_in_table_order": Stranger(
        "cnn_lecture",
        "InceptionV1Network",
        "FilterSpec is filled in the table's order: sizes of each reduction and of the convolution "
        "behind it (3x3 and 5x5) are swapped in all blocks",
        """
class InceptionV1Network:
    def __init__(self, input_tensor, num_classes):
        with tf.variable_scope("inception_v1", reuse=tf.AUTO_REUSE):
            x = conv_block(input_tensor, 64, "conv1", strides=(2, 2), kernel_size=(7, 7))
            x = max_pool(x, kernel_size=(3, 3), name="pool1")
            x = conv_block(x, 64, "conv2")
            x = conv_block(x, 192, "conv3")
            x = max_pool(x, kernel_size=(3, 3), name="pool2")
            x = self.block(x, FilterSpec(64, 96, 128, 16, 32, 32), "3a")
            x = self.block(x, FilterSpec(128, 128, 192, 32, 96, 64), "3b")
            x = max_pool(x, kernel_size=(3, 3), name="pool3")
            x = self.block(x, FilterSpec(192, 96, 208, 16, 48, 64), "4a")
            self.aux1 = self.aux(x, num_classes, "aux1")
            x = self.block(x, FilterSpec(160, 112, 224, 24, 64, 64), "4b")
            x = self.block(x, FilterSpec(128, 128, 256, 24, 64, 64), "4c")
            x = self.block(x, FilterSpec(112, 144, 288, 32, 64, 64), "4d")
            self.aux2 = self.aux(x, num_classes, "aux2")
            x = self.block(x, FilterSpec(256, 160, 320, 32, 128, 128), "4e")
            x = max_pool(x, kernel_size=(3, 3), name="pool4")
            x = self.block(x, FilterSpec(256, 160, 320, 32, 128, 128), "5a")
            x = self.block(x, FilterSpec(384, 192, 384, 48, 128, 128), "5b")
            x = avg_pool(x, kernel_size=(7, 7), strides=(7, 7), name="avg")
            self.logits = dense(flatten(x), num_classes, name="fc")

    def block(self, x, spec, name):
        with tf.variable_scope("block" + name, reuse=tf.AUTO_REUSE):
            b1 = conv_block(x, spec.filters_1x1, "b1", kernel_size=(1, 1))
            b2 = conv_block(x, spec.filters_3x3_reduce, "b2_reduce", kernel_size=(1, 1))
            b2 = conv_block(b2, spec.filters_3x3, "b2", kernel_size=(3, 3))
            b3 = conv_block(x, spec.filters_5x5_reduce, "b3_reduce", kernel_size=(1, 1))
            b3 = conv_block(b3, spec.filters_5x5, "b3", kernel_size=(5, 5))
            b4 = max_pool(x, kernel_size=(3, 3), strides=(1, 1))
            b4 = conv_block(b4, spec.filters_pool, "b4", kernel_size=(1, 1))
            return tf.concat([b1, b2, b3, b4], axis=-1)

    def aux(self, x, num_classes, name):
        with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
            x = avg_pool(x, kernel_size=(5, 5), strides=(3, 3))
            x = conv_block(x, 128, "conv", kernel_size=(1, 1))
            x = tf.nn.relu(dense(flatten(x), 1024, name="fc1"))
            return dense(x, num_classes, name="fc2")

    def get_logits(self):
        return self.logits

    def get_trainable_variables(self):
        return tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="inception_v1")
""",
    ),
    "q_last_place_never": Stranger(
        "cnn_lecture",
        "augmentation",
        "offsets are drawn from 0 to crop - 1: the last row and column of places never occur",
        old="top, left = np.random.randint(0, crop + 1), np.random.randint(0, crop + 1)",
        new="top, left = np.random.randint(0, crop), np.random.randint(0, crop)",
    ),
}
