"""The corpus, fifth part: the editions of TensorFlow 1, with placeholders and sessions."""

from __future__ import annotations

from typing import Literal

from corpus_book import Book, Entry

SETTINGS = """
import numpy as np
import tensorflow as tf

USE_GPU = True
device = '/device:GPU:0' if USE_GPU else '/cpu:0'
print_every = 100
print('Using device:', device)
"""
FLATTEN = """
def flatten(x):
    N = tf.shape(x)[0]
    return tf.reshape(x, (N, -1))
"""
FLATTEN_TEST = """
def test_flatten():
    tf.reset_default_graph()
    with tf.device(device):
        x = tf.placeholder(tf.float32)
        x_flat = flatten(x)
    with tf.Session() as sess:
        print(sess.run(x_flat, feed_dict={x: np.arange(24).reshape((2, 3, 4))}))

test_flatten()
"""
TWO_LAYERS = """
def two_layer_fc(x, params):
    w1, w2 = params
    x = flatten(x)
    h = tf.nn.relu(tf.matmul(x, w1))
    return tf.matmul(h, w2)
"""
CONVNET = """
def three_layer_convnet(x, params):
    conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b = params
    scores = None
    # TODO: Implement the forward pass for the three-layer ConvNet.
    x = tf.pad(x, [[0, 0], [2, 2], [2, 2], [0, 0]])
    h = tf.nn.conv2d(x, conv_w1, strides=[1, 1, 1, 1], padding='VALID') + conv_b1
    h = tf.nn.relu(h)
    h = tf.pad(h, [[0, 0], [1, 1], [1, 1], [0, 0]])
    h = tf.nn.conv2d(h, conv_w2, strides=[1, 1, 1, 1], padding='VALID') + conv_b2
    h = tf.nn.relu(h)
    scores = tf.matmul(flatten(h), fc_w) + fc_b
    return scores
"""
CONVNET_TEST = """
def test_three_layer_convnet():
    tf.reset_default_graph()
    with tf.device(device):
        x = tf.placeholder(tf.float32)
        params = [tf.zeros((5, 5, 3, 6)), tf.zeros((6,)), tf.zeros((3, 3, 6, 9)),
                  tf.zeros((9,)), tf.zeros((32 * 32 * 9, 10)), tf.zeros((10,))]
        scores = three_layer_convnet(x, params)
    with tf.Session() as sess:
        print(sess.run(scores, feed_dict={x: np.zeros((64, 32, 32, 3))}).shape)

with tf.device('/cpu:0'):
    test_three_layer_convnet()
"""
STEP = """
def training_step(scores, y, params, learning_rate):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=scores)
    loss = tf.reduce_mean(losses)
    new_weights = []
    for w, grad_w in zip(params, tf.gradients(loss, params)):
        new_weights.append(tf.assign_sub(w, learning_rate * grad_w))
    with tf.control_dependencies(new_weights):
        return tf.identity(loss)
"""
TRAIN = """
def train_part2(model_fn, init_fn, learning_rate):
    tf.reset_default_graph()
    is_training = tf.placeholder(tf.bool, name='is_training')
    with tf.device(device):
        x = tf.placeholder(tf.float32, [None, 32, 32, 3])
        y = tf.placeholder(tf.int32, [None])
        params = init_fn()
        scores = model_fn(x, params)
        loss = training_step(scores, y, params, learning_rate)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for t, (x_np, y_np) in enumerate(train_dset):
            loss_np = sess.run(loss, feed_dict={x: x_np, y: y_np})
            if t % print_every == 0:
                print('Iteration %d, loss = %.4f' % (t, loss_np))
                check_accuracy(sess, val_dset, x, scores, is_training)
"""
CHECK = """
def check_accuracy(sess, dset, x, scores, is_training=None):
    num_correct, num_samples = 0, 0
    for x_batch, y_batch in dset:
        scores_np = sess.run(scores, feed_dict={x: x_batch, is_training: 0})
        num_samples += x_batch.shape[0]
        num_correct += (scores_np.argmax(axis=1) == y_batch).sum()
    print('Got %d / %d correct' % (num_correct, num_samples))
"""
KAIMING = """
def kaiming_normal(shape):
    if len(shape) == 2:
        fan_in, fan_out = shape[0], shape[1]
    elif len(shape) == 4:
        fan_in, fan_out = np.prod(shape[:3]), shape[3]
    return tf.random_normal(shape) * np.sqrt(2.0 / fan_in)
"""
TWO_INIT = """
def two_layer_fc_init():
    hidden_layer_size = 4000
    return [tf.Variable(kaiming_normal((3 * 32 * 32, 4000))),
            tf.Variable(kaiming_normal((4000, 10)))]

learning_rate = 1e-2
train_part2(two_layer_fc, two_layer_fc_init, learning_rate)
"""
INIT = """
def three_layer_convnet_init():
    params = None
    conv_w1 = tf.Variable(kaiming_normal([5, 5, 3, 32]))
    conv_b1 = tf.Variable(tf.zeros([32]))
    conv_w2 = tf.Variable(kaiming_normal([3, 3, 32, 16]))
    conv_b2 = tf.Variable(tf.zeros([16]))
    fc_w = tf.Variable(kaiming_normal([32 * 32 * 16, 10]))
    fc_b = tf.Variable(tf.zeros([10]))
    params = [conv_w1, conv_b1, conv_w2, conv_b2, fc_w, fc_b]
    return params

learning_rate = 3e-3
train_part2(three_layer_convnet, three_layer_convnet_init, learning_rate)
"""
TWO_CLASS = """
class TwoLayerFC(tf.keras.Model):
    def __init__(self, hidden_size, num_classes):
        super().__init__()
        initializer = tf.variance_scaling_initializer(scale=2.0)
        self.fc1 = tf.layers.Dense(hidden_size, activation=tf.nn.relu,
                                   kernel_initializer=initializer)
        self.fc2 = tf.layers.Dense(num_classes, kernel_initializer=initializer)

    def call(self, x, training=None):
        x = tf.layers.flatten(x)
        return self.fc2(self.fc1(x))
"""
CLASS = """
class ThreeLayerConvNet(tf.keras.Model):
    def __init__(self, channel_1, channel_2, num_classes):
        super().__init__()
        initializer = tf.variance_scaling_initializer(scale=2.0)
        self.conv1 = tf.layers.Conv2D(channel_1, (5, 5), padding='same',
                                      activation=tf.nn.relu, kernel_initializer=initializer)
        self.conv2 = tf.layers.Conv2D(channel_2, (3, 3), padding='same',
                                      activation=tf.nn.relu, kernel_initializer=initializer)
        self.fc = tf.layers.Dense(num_classes, kernel_initializer=initializer)

    def call(self, x, training=None):
        scores = None
        x = self.conv2(self.conv1(x))
        scores = self.fc(tf.layers.flatten(x))
        return scores
"""
CLASS_TEST = """
def test_ThreeLayerConvNet():
    tf.reset_default_graph()
    channel_1, channel_2, num_classes = 12, 8, 10
    model = ThreeLayerConvNet(channel_1, channel_2, num_classes)
    with tf.device(device):
        x = tf.zeros((64, 3, 32, 32))
        scores = model(x)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        print(sess.run(scores).shape)

test_ThreeLayerConvNet()
"""
TRAIN_34 = """
def train_part34(model_init_fn, optimizer_init_fn, num_epochs=1):
    tf.reset_default_graph()
    with tf.device(device):
        x = tf.placeholder(tf.float32, [None, 32, 32, 3])
        y = tf.placeholder(tf.int32, [None])
        is_training = tf.placeholder(tf.bool, name='is_training')
        scores = model_init_fn(x, is_training)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=scores)
        loss = tf.reduce_mean(loss)
        optimizer = optimizer_init_fn()
        update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        with tf.control_dependencies(update_ops):
            train_op = optimizer.minimize(loss)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for epoch in range(num_epochs):
            for x_np, y_np in train_dset:
                feed_dict = {x: x_np, y: y_np, is_training: 1}
                sess.run([loss, train_op], feed_dict=feed_dict)
"""
PART_3_FC = """
hidden_size, num_classes = 4000, 10
learning_rate = 1e-2

def model_init_fn(inputs, is_training):
    return TwoLayerFC(hidden_size, num_classes)(inputs)

def optimizer_init_fn():
    return tf.train.GradientDescentOptimizer(learning_rate)

train_part34(model_init_fn, optimizer_init_fn)
"""
PART_3 = """
learning_rate = 3e-3
channel_1, channel_2, num_classes = 32, 16, 10

def model_init_fn(inputs, is_training):
    model = None
    model = ThreeLayerConvNet(channel_1, channel_2, num_classes)
    return model(inputs)

def optimizer_init_fn():
    optimizer = None
    optimizer = tf.train.MomentumOptimizer(learning_rate, 0.9, use_nesterov=True)
    return optimizer

train_part34(model_init_fn, optimizer_init_fn)
"""
PART_4_FC = """
learning_rate = 1e-2

def model_init_fn(inputs, is_training):
    input_shape = (32, 32, 3)
    hidden_layer_size, num_classes = 4000, 10
    initializer = tf.variance_scaling_initializer(scale=2.0)
    layers = [
        tf.layers.Flatten(input_shape=input_shape),
        tf.layers.Dense(hidden_layer_size, activation=tf.nn.relu, kernel_initializer=initializer),
        tf.layers.Dense(num_classes, kernel_initializer=initializer),
    ]
    model = tf.keras.Sequential(layers)
    return model(inputs)

def optimizer_init_fn():
    return tf.train.GradientDescentOptimizer(learning_rate)

train_part34(model_init_fn, optimizer_init_fn)
"""
PART_4 = """
def model_init_fn(inputs, is_training):
    model = None
    initializer = tf.variance_scaling_initializer(scale=2.0)
    layers = [
        tf.layers.Conv2D(32, (5, 5), padding='same', activation=tf.nn.relu,
                         kernel_initializer=initializer, input_shape=(32, 32, 3)),
        tf.layers.Conv2D(16, (3, 3), padding='same', activation=tf.nn.relu,
                         kernel_initializer=initializer),
        tf.layers.Flatten(),
        tf.layers.Dense(10, kernel_initializer=initializer),
    ]
    model = tf.keras.Sequential(layers)
    return model(inputs)

learning_rate = 5e-4

def optimizer_init_fn():
    optimizer = None
    optimizer = tf.train.MomentumOptimizer(learning_rate, 0.9, use_nesterov=True)
    return optimizer

train_part34(model_init_fn, optimizer_init_fn)
"""
OPEN = """
def model_init_fn(inputs, is_training):
    model = None
    he = tf.variance_scaling_initializer(scale=2.0)
    x = tf.layers.conv2d(inputs, 32, 3, padding='same', kernel_initializer=he)
    x = tf.nn.relu(tf.layers.batch_normalization(x, training=is_training))
    x = tf.layers.max_pooling2d(x, 2, 2)
    x = tf.layers.conv2d(x, 64, 3, padding='same', kernel_initializer=he)
    x = tf.nn.relu(tf.layers.batch_normalization(x, training=is_training))
    x = tf.layers.max_pooling2d(x, 2, 2)
    x = tf.layers.dropout(tf.layers.flatten(x), 0.3, training=is_training)
    net = tf.layers.dense(x, 10, kernel_initializer=he)
    return net

def optimizer_init_fn():
    optimizer = None
    optimizer = tf.train.AdamOptimizer(1e-3)
    return optimizer

device = '/cpu:0'
print_every = 700
num_epochs = 10
train_part34(model_init_fn, optimizer_init_fn, num_epochs)
"""
CELLS = {
    "settings": SETTINGS, "flatten": FLATTEN, "flatten-test": FLATTEN_TEST,
    "two-layer-fc": TWO_LAYERS, "three-layer-convnet": CONVNET,
    "three-layer-convnet-test": CONVNET_TEST, "training-step": STEP, "train-part2": TRAIN,
    "check-accuracy": CHECK, "kaiming-normal": KAIMING, "two-layer-fc-init": TWO_INIT,
    "three-layer-convnet-init": INIT, "two-layer-class": TWO_CLASS, "three-layer-class": CLASS,
    "three-layer-class-test": CLASS_TEST, "train-part34": TRAIN_34,
    "part3-two-layer": PART_3_FC, "part3-training": PART_3, "part4-two-layer": PART_4_FC,
    "part4-training": PART_4, "custom": OPEN,
}  # fmt: skip
LATER = (
    "two-layer-fc-test", "part4-two-layer-fit-text", "part4-two-layer-fit", "part4-fit-text",
    "part4-fit", "functional-text", "functional", "functional-training-text",
    "functional-training",
)  # fmt: skip


def graph_book(language: Literal["en", "ru"] = "en") -> Book:
    """The lab in the manner of its first edition, solved."""
    book = Book(language).drop(*LATER)
    for name, source in CELLS.items():
        book.put(name, source)
    if language == "ru":  # which asks for the filters in another order
        book.swap("part4-training", "Conv2D(32, (5, 5)", "Conv2D(16, (5, 5)")
        book.swap("part4-training", "Conv2D(16, (3, 3)", "Conv2D(32, (3, 3)")
    return book


def entries() -> dict[str, Entry]:
    """By name; the name says what is the matter."""
    return {"tensorflow_1": Entry(graph_book(), runtime="tf1")}
