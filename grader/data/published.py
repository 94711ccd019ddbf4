"""Data sets that are published as one whole, besides CIFAR-10: where, under which checksums.

MD5s are those that Keras and torchvision ask for, and were compared with Debian's copy of
Fashion-MNIST; those of IDX files are of their uncompressed bytes.
"""

from __future__ import annotations

import functools

from grader.data import archives, idx, standin
from grader.data.datasets import CIFAR10, Download, Entry, Form
from grader.model import Text

_OFFICIAL = Text(ru="официальный архив", en="the official archive")
_UNPACKED = Text(ru="распакованный официальный архив", en="the official archive, unpacked")

_CIFAR100_BATCHES = archives.Batches(
    train={"train": "16019d7e3df5f24257cddd939b257f8d"},
    test={"test": "f0ef6b0ae62326f3e7ffdfab6717acfc"},
    labels="fine_labels",
)
_CIFAR100_MD5 = "eb9058c3a382ffc7106e4002c42a8d85"
_CIFAR100_ARCHIVE = Form(
    _OFFICIAL,
    (
        "cifar-100-python.tar.gz",
        "cifar-100-python-target.tar.gz",
        "cifar-100-python-target_archive",
        "cifar-100-python_archive",
    ),
    functools.partial(archives.read_tar, batches=_CIFAR100_BATCHES, md5=_CIFAR100_MD5),
    endings=(".tar.gz", ".tgz"),
)
_CIFAR100_CLASSES = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly
camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup
dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower
leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid
otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray
road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar
sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
wardrobe whale willow_tree wolf woman worm
"""
CIFAR100 = Entry(
    name="cifar100",
    title=Text(ru="CIFAR-100", en="CIFAR-100"),
    shape=(32, 32, 3),
    classes=100,
    train=45_000,
    validation=5_000,
    test=10_000,
    forms=(
        _CIFAR100_ARCHIVE,
        Form(
            _UNPACKED,
            (
                "cifar-100-python",
                "cifar-100-python-target/cifar-100-python",
                "cifar-100-python/cifar-100-python",
            ),
            functools.partial(archives.read_folder, batches=_CIFAR100_BATCHES),
            marker="train",
        ),
    ),
    download=Download(
        "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        _CIFAR100_MD5,
        _CIFAR100_ARCHIVE,
    ),
    stand_in=standin.images,
    stand_in_version=standin.VERSION,
    classes_named=tuple(_CIFAR100_CLASSES.split()),
)


def _idx_forms(files: idx.IdxFiles, folders: tuple[str, ...]) -> tuple[Form, ...]:
    """Four files in a folder, gzipped or not."""
    title = Text(ru="четыре файла IDX", en="four IDX files")
    read = functools.partial(idx.read_idx, files=files)
    first = files.train_x[0]
    return tuple(Form(title, folders, read, marker=first + ending) for ending in (".gz", ""))


_MNIST_NPZ = Form(
    Text(ru="файл Keras", en="Keras's file"),
    ("mnist.npz",),
    functools.partial(idx.read_keras_npz, md5="8a61469f7ea1b51cbae51d4f78837e45"),
    endings=("mnist.npz",),
)
MNIST = Entry(
    name="mnist",
    title=Text(ru="MNIST", en="MNIST"),
    shape=(28, 28, 1),
    classes=10,
    train=59_000,
    validation=1_000,
    test=10_000,
    forms=(
        _MNIST_NPZ,
        *_idx_forms(
            idx.IdxFiles(
                ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
                ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
                ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
                ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
            ),
            ("mnist", "MNIST/raw"),
        ),
    ),
    download=Download(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        "8a61469f7ea1b51cbae51d4f78837e45",
        _MNIST_NPZ,
    ),
    stand_in=standin.grey_images,
    stand_in_version=standin.VERSION,
)
FASHION_MNIST = Entry(
    name="fashion_mnist",
    title=Text(ru="Fashion-MNIST", en="Fashion-MNIST"),
    shape=(28, 28, 1),
    classes=10,
    train=59_000,
    validation=1_000,
    test=10_000,
    forms=_idx_forms(
        idx.IdxFiles(
            ("train-images-idx3-ubyte", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
            ("train-labels-idx1-ubyte", "9018921c3c673c538a1fc5bad174d6f9"),
            ("t10k-images-idx3-ubyte", "8181f5470baa50b63fa0f6fddb340f0a"),
            ("t10k-labels-idx1-ubyte", "15d484375f8d13e6eb1aabb0c3f46965"),
        ),
        ("fashion-mnist", "fashion_mnist", "FashionMNIST/raw"),
    ),
    stand_in=standin.grey_images,
    stand_in_version=standin.VERSION,
    classes_named=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
)
ENTRIES: tuple[Entry, ...] = (CIFAR10, CIFAR100, MNIST, FASHION_MNIST)
