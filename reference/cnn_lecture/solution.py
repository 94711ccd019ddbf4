# ruff: noqa: F821
# The reference of the convolution lecture: what TensorFlow's own 'SAME' and 'VALID' mean, in NumPy,
# and the layers and networks of the lecture in TensorFlow 1.


# %% [conv2d-one-filter]
def conv2d_one_filter(X, W, padding="same", stride=(1, 1)):
    kernel = W.shape
    sizes, before = [], []
    for axis in (0, 1):
        n, k, s = X.shape[axis], kernel[axis], stride[axis]
        if padding == "same":
            size = -(-n // s)
            lacking = max((size - 1) * s + k - n, 0)
        else:
            size = (n - k) // s + 1
            lacking = 0
        sizes.append(size)
        before.append(lacking // 2)
    top, left = before
    reach = [(size - 1) * s + k for size, s, k in zip(sizes, stride, kernel, strict=True)]
    room = [max(r, n + b) for r, n, b in zip(reach, X.shape, before, strict=True)]
    canvas = np.zeros(room, X.dtype)
    canvas[top : top + X.shape[0], left : left + X.shape[1]] = X
    result = np.zeros(sizes, np.result_type(X, W))
    for y in range(sizes[0]):
        for x in range(sizes[1]):
            y0, x0 = y * stride[0], x * stride[1]
            window = canvas[y0 : y0 + kernel[0], x0 : x0 + kernel[1]]
            result[y, x] = np.sum(window * W)
    return result


# %% [max-pooling]
def max_pooling(X, kernel_size=(2, 2), padding="same", strides=(2, 2)):
    sizes, before = [], []
    for axis in (0, 1):
        n, k, s = X.shape[axis], kernel_size[axis], strides[axis]
        if padding == "same":
            size = -(-n // s)
            before.append(max((size - 1) * s + k - n, 0) // 2)
        else:
            size = (n - k) // s + 1
            before.append(0)
        sizes.append(size)
    result = np.zeros(sizes, dtype=X.dtype)
    for y in range(sizes[0]):
        for x in range(sizes[1]):
            y0, x0 = y * strides[0] - before[0], x * strides[1] - before[1]
            window = X[max(y0, 0) : y0 + kernel_size[0], max(x0, 0) : x0 + kernel_size[1]]
            result[y, x] = window.max()
    return result


# %% [conv-layer]
def conv_layer(
    input_tensor, output_channels, name="conv", kernel_size=(3, 3), strides=(1, 1), padding="SAME"
):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        input_channels = input_tensor.get_shape().as_list()[-1]
        shape = [kernel_size[0], kernel_size[1], input_channels, output_channels]
        weights = tf.get_variable("weights", shape)
        bias = tf.get_variable("bias", [output_channels], initializer=tf.zeros_initializer())
        conv = tf.nn.conv2d(input_tensor, weights, strides=strides, padding=padding)
        return tf.nn.bias_add(conv, bias)


# %% [max-pool]
def max_pool(input_tensor, kernel_size=(2, 2), strides=(2, 2), padding="SAME", name="pool"):
    return tf.nn.max_pool2d(
        input_tensor, ksize=kernel_size, strides=strides, padding=padding, name=name
    )


# %% [avg-pool]
def avg_pool(input_tensor, kernel_size=(2, 2), strides=(2, 2), padding="SAME", name="pool"):
    return tf.nn.avg_pool2d(
        input_tensor, ksize=kernel_size, strides=strides, padding=padding, name=name
    )


# %% [flatten]
def flatten(input_tensor, name="flatten"):
    sizes = input_tensor.get_shape().as_list()
    numbers = int(np.prod(sizes[1:]))
    return tf.reshape(input_tensor, [-1, numbers], name=name)


# %% [dense]
def dense(input_tensor, output_neurons, name="fc"):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        input_neurons = input_tensor.get_shape().as_list()[1]
        weights = tf.get_variable("weights", [input_neurons, output_neurons])
        bias = tf.get_variable("bias", [output_neurons], initializer=tf.zeros_initializer())
        return tf.nn.bias_add(tf.matmul(input_tensor, weights), bias)


# %% [conv-block]
def conv_block(x, output_channels, name, strides=(1, 1), kernel_size=(3, 3), padding="SAME"):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        convolved = conv_layer(
            x, output_channels, kernel_size=kernel_size, strides=strides, padding=padding
        )
        return tf.nn.relu(convolved)


# %% [le-net]
def le_net(input_tensor):
    with tf.variable_scope("le_net", reuse=tf.AUTO_REUSE):
        conv1 = conv_block(input_tensor, 6, "conv1", kernel_size=(5, 5), padding="VALID")
        pool1 = max_pool(conv1, name="pool1")
        conv2 = conv_block(pool1, 16, "conv2", kernel_size=(5, 5), padding="VALID")
        pool2 = max_pool(conv2, name="pool2")
        flat = flatten(pool2)
        fc1 = tf.nn.relu(dense(flat, 120, name="fc1"))
        fc2 = tf.nn.relu(dense(fc1, 84, name="fc2"))
        return dense(fc2, 10, name="fc3")


# %% [iterate-batches]
def iterate_batches(X, y, batch_size, shuffle=True):
    assert len(X) == len(y)
    indices = np.arange(len(X))
    if shuffle:
        np.random.shuffle(indices)
    for start in range(0, len(X), batch_size):
        chosen = indices[start : start + batch_size]
        yield X[chosen], y[chosen]


# %% [batch-norm]
def batch_norm(input_tensor, is_training, momentum=0.99, name="batch_norm"):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        channels = input_tensor.get_shape().as_list()[-1:]
        axes = list(range(len(input_tensor.get_shape()) - 1))
        gamma = tf.get_variable("gamma", channels, initializer=tf.ones_initializer())
        beta = tf.get_variable("beta", channels, initializer=tf.zeros_initializer())
        moving_mean = tf.get_variable(
            "moving_mean", channels, initializer=tf.zeros_initializer(), trainable=False
        )
        moving_var = tf.get_variable(
            "moving_var", channels, initializer=tf.ones_initializer(), trainable=False
        )

        def in_training():
            mean, var = tf.nn.moments(input_tensor, axes=axes)
            new_mean = momentum * moving_mean + (1 - momentum) * mean
            new_var = momentum * moving_var + (1 - momentum) * var
            normed = (input_tensor - mean) / tf.sqrt(var + 1e-3)
            return normed, tf.assign(moving_mean, new_mean), tf.assign(moving_var, new_var)

        def in_inference():
            normed = (input_tensor - moving_mean) / tf.sqrt(moving_var + 1e-3)
            return normed, tf.identity(moving_mean), tf.identity(moving_var)

        normed, *updates = tf.cond(is_training, in_training, in_inference)
        return gamma * normed + beta, updates


# %% [conv-block-with-bn]
def conv_block_with_bn(
    x, output_channels, is_training, name, kernel_size=(3, 3), strides=(1, 1), padding="SAME"
):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        convolved = conv_layer(
            x, output_channels, kernel_size=kernel_size, strides=strides, padding=padding
        )
        normed, updates = batch_norm(convolved, is_training)
        return tf.nn.relu(normed), updates


# %% [alex-net]
def alex_net(input_tensor, dropout_rate, num_classes):
    with tf.variable_scope("alex_net", reuse=tf.AUTO_REUSE):
        conv1 = conv_block(
            input_tensor, 96, "conv1", kernel_size=(11, 11), strides=(4, 4), padding="VALID"
        )
        pool1 = max_pool(conv1, (3, 3), strides=(2, 2), padding="VALID", name="pool1")
        conv2 = conv_block(pool1, 128, "conv2", kernel_size=(5, 5))
        pool2 = max_pool(conv2, (3, 3), strides=(2, 2), padding="VALID", name="pool2")
        conv3 = conv_block(pool2, 128, "conv3")
        conv4 = conv_block(conv3, 128, "conv4")
        conv5 = conv_block(conv4, 128, "conv5")
        pool5 = max_pool(conv5, (3, 3), strides=(2, 2), padding="VALID", name="pool5")
        flat = flatten(pool5)
        drop1 = dropout(flat, dropout_rate, name="dropout1")
        fc1 = tf.nn.relu(dense(drop1, 4096, name="fc1"))
        drop2 = dropout(fc1, dropout_rate, name="dropout2")
        fc2 = tf.nn.relu(dense(drop2, 4096, name="fc2"))
        return dense(fc2, num_classes, name="logits")


# %% [resnet-block]
def resnet_block(
    input_tensor, kernel_size, filters, is_training, strides=(2, 2), name="resnet_block"
):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        conv1 = conv_layer(
            input_tensor, filters[0], name="conv1", kernel_size=kernel_size, strides=strides
        )
        bn1, updates1 = batch_norm(conv1, is_training, name="bn1")
        relu1 = tf.nn.relu(bn1)
        conv2 = conv_layer(relu1, filters[1], name="conv2", kernel_size=kernel_size)
        bn2, updates2 = batch_norm(conv2, is_training, name="bn2")
        shortcut = conv_layer(
            input_tensor, filters[1], name="shortcut", kernel_size=(1, 1), strides=strides
        )
        passed, updates3 = batch_norm(shortcut, is_training, name="bn_shortcut")
        return tf.nn.relu(bn2 + passed), updates1 + updates2 + updates3


# %% [global-average-pooling]
def global_average_pooling(input_tensor, name):
    return tf.reduce_mean(input_tensor, axis=(1, 2), name=name)


# %% [resnet18]
class ResNet18(BatchNormNetwork):
    def __init__(self, input_tensor, num_classes):
        super().__init__()
        with tf.variable_scope("resnet18", reuse=tf.AUTO_REUSE):
            x = self.add_block(
                lambda: conv_block_with_bn(
                    input_tensor, 64, self.is_training, "conv1", strides=(2, 2)
                )
            )
            x = self.stage(x, 64, "stage1")
            x = self.stage(x, 128, "stage2")
            x = self.stage(x, 256, "stage3")
            x = self.stage(x, 512, "stage4")
            pooled = global_average_pooling(x, name="pool")
            self.logits = dense(pooled, num_classes, name="fc")

    def stage(self, x, channels, name):
        with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
            x = self.block(x, channels, (2, 2), "block1")
            return self.block(x, channels, (1, 1), "block2")

    def block(self, x, channels, strides, name):
        return self.add_block(
            lambda: resnet_block(
                x, (3, 3), [channels, channels], self.is_training, strides=strides, name=name
            )
        )

    def get_logits(self):
        return self.logits

    def get_trainable_variables(self):
        return tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="resnet18")


# %% [inception]
class InceptionV1Network:
    def __init__(self, input_tensor, num_classes):
        self.num_classes = num_classes
        with tf.variable_scope("inception_v1", reuse=tf.AUTO_REUSE):
            x = conv_block(input_tensor, 64, "conv1", kernel_size=(7, 7), strides=(2, 2))
            x = max_pool(x, (3, 3), name="pool1")
            x = conv_block(x, 64, "conv2a")
            x = conv_block(x, 192, "conv2b")
            x = max_pool(x, (3, 3), name="pool2")
            x = self.inception_block(x, FilterSpec(64, 128, 96, 32, 16, 32), "block3a")
            x = self.inception_block(x, FilterSpec(128, 192, 128, 96, 32, 64), "block3b")
            x = max_pool(x, (3, 3), name="pool3")
            block4a = self.inception_block(x, FilterSpec(192, 208, 96, 48, 16, 64), "block4a")
            x = self.inception_block(block4a, FilterSpec(160, 224, 112, 64, 24, 64), "block4b")
            x = self.inception_block(x, FilterSpec(128, 256, 128, 64, 24, 64), "block4c")
            block4d = self.inception_block(x, FilterSpec(112, 288, 144, 64, 32, 64), "block4d")
            x = self.inception_block(block4d, FilterSpec(256, 320, 160, 128, 32, 128), "block4e")
            x = max_pool(x, (3, 3), name="pool4")
            x = self.inception_block(x, FilterSpec(256, 320, 160, 128, 32, 128), "block5a")
            x = self.inception_block(x, FilterSpec(384, 384, 192, 128, 48, 128), "block5b")
            with tf.variable_scope("classifier", reuse=tf.AUTO_REUSE):
                pooled = avg_pool(x, (7, 7), strides=(7, 7))
                self.fc = dense(flatten(pooled), num_classes, name="fc")
            self.aux1 = self.auxiliary(block4a, "aux1")
            self.aux2 = self.auxiliary(block4d, "aux2")

    def inception_block(self, x, spec, name):
        with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
            one = conv_block(x, spec.filters_1x1, "conv_1x1", kernel_size=(1, 1))
            three = conv_block(x, spec.filters_3x3_reduce, "reduce_3x3", kernel_size=(1, 1))
            three = conv_block(three, spec.filters_3x3, "conv_3x3", kernel_size=(3, 3))
            five = conv_block(x, spec.filters_5x5_reduce, "reduce_5x5", kernel_size=(1, 1))
            five = conv_block(five, spec.filters_5x5, "conv_5x5", kernel_size=(5, 5))
            pool = max_pool(x, (3, 3), strides=(1, 1), name="pool")
            pool = conv_block(pool, spec.filters_pool, "project", kernel_size=(1, 1))
            return tf.concat([one, three, five, pool], axis=3)

    def auxiliary(self, x, name):
        with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
            pooled = avg_pool(x, (5, 5), strides=(3, 3))
            conv = conv_block(pooled, 128, "conv", kernel_size=(1, 1))
            hidden = tf.nn.relu(dense(flatten(conv), 1024, name="fc1"))
            return dense(hidden, self.num_classes, name="fc2")

    def get_logits(self):
        return self.fc

    def get_trainable_variables(self):
        return tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="inception_v1")


# %% [augmentation]
def augment(image, crop=4):
    height, width = image.shape[0] - crop, image.shape[1] - crop
    top, left = np.random.randint(0, crop + 1), np.random.randint(0, crop + 1)
    piece = image[top : top + height, left : left + width]
    if np.random.rand() < 0.5:
        piece = piece[:, ::-1]
    return piece
