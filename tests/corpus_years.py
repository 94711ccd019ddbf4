"""The corpus, first part: notebooks of other years and machines, and cells that go wrong."""

from __future__ import annotations

from corpus_book import CALL, Book, Entry

COLAB = """
from google.colab import drive
drive.mount('/content/drive', force_remount=True)
FOLDER = 'cs231n/assignments/assignment2/'
import sys
sys.path.append('/content/drive/My Drive/{}'.format(FOLDER))
%cd /content/drive/My\\ Drive/$FOLDER/cs231n/datasets/
!bash get_datasets.sh
%cd /content/drive/My\\ Drive/$FOLDER
"""
OLD_IMPORTS = """
from collections import Iterable
import keras
from keras.layers import Conv2D, Dense, Flatten
from keras.utils import np_utils
from tensorflow.keras.layers.experimental import preprocessing
from tensorflow.python.keras.layers import Input
import tensorflow_addons as tfa
from keras_adabound import AdaBound
optimizer = AdaBound(lr=1e-3, final_lr=0.1)
tfa.options.enable_custom_kernels()
"""
HELPER = """
from cs231n.data_utils import get_CIFAR10_data
data = get_CIFAR10_data()
for name, value in data.items():
    print(name, value.shape)
X_train, y_train = data['X_train'].transpose(0, 2, 3, 1), data['y_train']
X_val, y_val = data['X_val'].transpose(0, 2, 3, 1), data['y_val']
X_test, y_test = data['X_test'].transpose(0, 2, 3, 1), data['y_test']
"""
ASKS = """
!pip install -q tensorflow-datasets
!nvidia-smi
name = input('Your name: ')
print('Hello,', name)
from google.colab import files
uploaded = files.upload()
"""
GPU = """
gpus = tf.config.list_physical_devices('GPU')
tf.config.experimental.set_memory_growth(gpus[0], True)
assert len(gpus) > 0, 'no GPU'
device = '/device:GPU:0'
"""
SAVES = """
model = CustomConvNet()
model(X_val[:2])
model.save('my_model.h5')
model.save_weights('w.h5')
again = tf.keras.models.load_model('my_model.h5')
tf.keras.utils.plot_model(again)
%tensorboard --logdir logs
model.summary()
"""
SEARCH = """
best = None
for rate in [1e-2, 1e-3, 1e-4]:
    for epochs in (5, 10):
        def optimizer_init_fn():
            return tf.keras.optimizers.Adam(rate)
        reached = train_part34(model_init_fn, optimizer_init_fn, epochs, True)
        if best is None or reached > best:
            best = reached
"""
TRIES = """
for units in range(1, 4):
    trial = tf.keras.Sequential([tf.keras.layers.Flatten(), tf.keras.layers.Dense(10)])
    trial.compile('adam', tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    trial.fit(X_train, y_train, epochs=50 * units)
"""
PLOTS = """
import time
plt.figure(); plt.plot(np.random.rand(10)); plt.show()
for i in range(100000):
    plt.plot([i])
    time.sleep(0.2)
"""


def entries() -> dict[str, Entry]:
    """By name; the name says what is the matter."""
    nesterov = "tf.keras.optimizers.SGD(lr=learning_rate, momentum=0.9, nesterov=True)"
    plain = "tf.keras.optimizers.SGD(learning_rate, 0.9, True)"
    printed = "print('TensorFlow', tf.__version__)"
    both = {"part4_model": "failed", "part4_optimizer": "failed"}
    return {
        "lr_of_keras_2": Entry(Book().swap("part3-training", plain, nesterov),
                               runtime="keras2", says=("SGD(lr=…)",)),
        "printed_version_2_4": Entry(
            Book("ru").swap("imports", "import math", "import math\n" + printed).printed(
                "imports", "TensorFlow 2.4.1\n"), runtime="keras2", says=("TensorFlow 2.4",)),
        "installed_by_pip_and_string_metrics": Entry(
            Book().before("imports", "!pip install tensorflow==2.8.0").swap(
                "part4-fit", "metrics=[tf.keras.metrics.sparse_categorical_accuracy]",
                "metrics='accuracy'"), runtime="keras2"),
        "old_imports": Entry(Book("ru").before("imports", OLD_IMPORTS), runtime="keras2",
                             says=("keras_adabound", "tensorflow_addons")),
        "colab_mount_and_cd": Entry(Book().before("imports", COLAB), says=("google.colab",)),
        "colab_mount_in_russian": Entry(Book("ru").before("title", COLAB)),
        "data_from_a_helper_script": Entry(Book().put("load-data", HELPER), says=("cs231n",)),
        "data_from_a_helper_and_no_dataset_class": Entry(
            Book("ru").put("load-data", HELPER).drop("dataset", "dataset-demo")),
        "asks_for_input_and_uploads": Entry(Book().before("imports", ASKS)),
        "asks_in_the_middle": Entry(Book("ru").before("part3-training", "lr = float(input())")),
        "gpu_string_and_no_gpu": Entry(Book().after("settings", GPU)),
        "gpu_string_in_russian": Entry(
            Book("ru", "helper_functions").swap("settings", "USE_GPU = False", "USE_GPU = True")),
        "saves_h5_and_plots_the_model": Entry(Book().after("custom", SAVES)),
        "plots_for_minutes": Entry(Book("ru").after("part4-fit", PLOTS)),
        "search_with_the_driver": Entry(Book().after("custom", SEARCH)),
        "search_with_fit_beside_the_answer": Entry(Book("ru").after("custom", TRIES)),
        "syntax_error_loses_its_part": Entry(
            Book().swap("part4-training", "def model_init_fn():", "def model_init_fn(:"), both,
            says=("SyntaxError",)),
        "an_exception_above_the_definitions": Entry(
            Book("ru").put("part3-training", "1 / 0\n" + Book("ru").source("part3-training"))),
        "left_over_names_are_no_answer": Entry(
            Book("ru").put("part4-training", "raise RuntimeError('no time')\n" + CALL),
            {"part4_model": "failed|not_attempted", "part4_optimizer": "failed|not_attempted"}),
        "endless_training_by_hand": Entry(
            Book().after("custom", "while True:\n    loss = float(tf.reduce_sum(X_val[:2]))\n")),
        "magics_of_all_kinds": Entry(
            Book().put("imports", "%load_ext autoreload\n%autoreload 2\n!ls\nfiles = !ls\n?print\n"
                       + Book().source("imports"))),
    }  # fmt: skip
