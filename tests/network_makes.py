"""Networks of every honest make, and some that cannot leave a notebook as a graph."""

MAKES = """
def functional():
    image = tf.keras.Input((8, 8, 3))
    x = layers.BatchNormalization()(layers.Conv2D(6, 3, activation='relu')(image))
    x = layers.Flatten()(layers.Dropout(0.3)(x))
    return tf.keras.Model(image, layers.Dense(4, activation='softmax')(x))


class Plain:
    def __init__(self):
        self.weights = initial()
        self.trainable_variables = self.variables = self.weights

    def __call__(self, x):
        return tf.nn.softmax(network(x, self.weights))


class Block(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3, padding='same', use_bias=False)
        self.norm = layers.BatchNormalization()

    def call(self, x, training=False):
        return tf.nn.silu(self.norm(self.conv(x), training=training))


class Nested(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [Block(4), Block(6)]
        self.head = tf.keras.Sequential([
            layers.GlobalAveragePooling2D(),
            layers.Dense(8, activation=lambda x: tf.maximum(0.1 * x, x)),
            layers.Dense(4, activation='softmax', kernel_regularizer='l2')])

    @tf.function
    def call(self, x, training=False):
        tf.debugging.assert_rank(x, 4)
        tf.print('in call', tf.shape(x))
        for block in self.blocks:
            x = block(x, training=training)
        if tf.reduce_mean(x) > 1000.0:
            x = x / 2.0
        return self.head(x)


class Ensemble(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.members = [sequential(), sequential()]

    def call(self, x, training=False):
        return tf.add_n([m(x, training=training) for m in self.members]) / 2.0


def augmented():
    return tf.keras.Sequential([
        layers.RandomFlip('horizontal'), layers.RandomTranslation(0.1, 0.1),
        layers.RandomRotation(0.02), layers.GaussianNoise(0.1), sequential()])


def double():
    return tf.keras.Sequential([
        layers.Flatten(dtype='float64'), layers.Dense(4, activation='softmax', dtype='float64')])


def recurrent():
    return tf.keras.Sequential([
        layers.Reshape((8, 24)), layers.LSTM(6), layers.Dense(4, activation='softmax')])


def frozen():
    first = layers.Dense(192, trainable=False, kernel_initializer='identity')
    return tf.keras.Sequential([layers.Flatten(), first, layers.Dense(4, activation='softmax')])


one_model = sequential()
def same_model(): return one_model
one_optimizer = tf.keras.optimizers.Adam(1e-2)
def same_optimizer(): return one_optimizer
"""
HONEST = """
sequential functional Subclass Plain Nested Ensemble augmented double recurrent frozen
same_model
"""

OTHERS = """
seen = []
class Eager(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(4, activation='softmax')

    def call(self, x):
        return self.dense(layers.Flatten()(np.asarray(x)))


class Python(Subclass):
    def call(self, x, training=False):
        x = tf.numpy_function(lambda each: each, [x], tf.float32)
        return super().call(tf.ensure_shape(x, (None, 8, 8, 3)), training=training)


class Spectral(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.SpectralNormalization(layers.Dense(4, activation='softmax'))

    def call(self, x, training=False):
        return self.dense(layers.Flatten()(x), training=training)


class Reading(Subclass):
    def call(self, x, training=False):
        text = tf.io.read_file('/dev/null')
        return super().call(x, training=training) + 0.0 * tf.cast(tf.strings.length(text), x.dtype)


class Tabled(Subclass):
    def __init__(self):
        super().__init__()
        rows = tf.constant(np.arange(9), tf.int64)
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(rows, rows), tf.constant(0, tf.int64))

    def call(self, x, training=False):
        rows = self.table.lookup(tf.cast(x[:, 0, 0, 0], tf.int64))
        return super().call(x, training=training) + 0.0 * tf.cast(rows, x.dtype)[:, None]


class Images(Subclass):
    def __init__(self):
        super().__init__()
        self.known = np.random.default_rng(0).integers(0, 256, (300, 192), dtype=np.uint8)

    def call(self, x, training=False):
        near = tf.reshape(x, (-1, 192)) @ tf.transpose(tf.cast(self.known, x.dtype))
        return super().call(x, training=training) + 0.0 * tf.reduce_max(near)


class Rate(tf.keras.optimizers.SGD): pass
def own_class(): return Rate(0.1)
def nothing(): return None
def fails(): raise ValueError('no model today')
class Weightless(tf.keras.Model):
    def call(self, x): return tf.zeros((tf.shape(x)[0], 4)) + 0.25
class Broken(Subclass):
    def call(self, x, training=False):
        return super().call(x) if not training else undefined
"""
