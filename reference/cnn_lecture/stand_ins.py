# What takes the place of a wrong function of another task: TensorFlow's own layers.
# A student's code can read this file, so nothing stands here that the library does not give.

import tensorflow as tf


def conv_layer(
    input_tensor, output_channels, name="conv", kernel_size=(3, 3), strides=(1, 1), padding="SAME"
):
    return tf.layers.conv2d(
        input_tensor, output_channels, kernel_size, strides, padding, name=name, reuse=tf.AUTO_REUSE
    )


def max_pool(input_tensor, kernel_size=(2, 2), strides=(2, 2), padding="SAME", name="pool"):
    return tf.layers.max_pooling2d(input_tensor, kernel_size, strides, padding)


def avg_pool(input_tensor, kernel_size=(2, 2), strides=(2, 2), padding="SAME", name="pool"):
    return tf.layers.average_pooling2d(input_tensor, kernel_size, strides, padding)


def flatten(input_tensor, name="flatten"):
    return tf.layers.flatten(input_tensor)


def dense(input_tensor, output_neurons, name="fc"):
    return tf.layers.dense(input_tensor, output_neurons, name=name, reuse=tf.AUTO_REUSE)


def conv_block(x, output_channels, name, strides=(1, 1), kernel_size=(3, 3), padding="SAME"):
    return tf.layers.conv2d(
        x, output_channels, kernel_size, strides, padding, activation=tf.nn.relu, name=name,
        reuse=tf.AUTO_REUSE,
    )  # fmt: skip


def batch_norm(input_tensor, is_training, momentum=0.99, name="batch_norm"):
    before = len(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    normed = tf.layers.batch_normalization(
        input_tensor, momentum=momentum, training=is_training, name=name, reuse=tf.AUTO_REUSE
    )
    return normed, tf.get_collection(tf.GraphKeys.UPDATE_OPS)[before:]


def conv_block_with_bn(
    x, output_channels, is_training, name, kernel_size=(3, 3), strides=(1, 1), padding="SAME"
):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        convolved = conv_layer(x, output_channels, "conv", kernel_size, strides, padding)
        normed, updates = batch_norm(convolved, is_training)
        return tf.nn.relu(normed), updates


def resnet_block(
    input_tensor, kernel_size, filters, is_training, strides=(2, 2), name="resnet_block"
):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        inner, first = conv_block_with_bn(
            input_tensor, filters[0], is_training, "first", kernel_size, strides
        )
        sides, updates = [], first
        ways = ((inner, "second", kernel_size, 1), (input_tensor, "past", 1, strides))
        for x, side, size, step in ways:
            convolved = conv_layer(x, filters[1], side, size, step)
            normed, more = batch_norm(convolved, is_training, name=f"{side}_norm")
            sides.append(normed)
            updates = updates + more
        return tf.nn.relu(sides[0] + sides[1]), updates


def global_average_pooling(input_tensor, name):
    return tf.reduce_mean(input_tensor, axis=(1, 2))
