"""What Keras can do without is not imported until something asks for it."""

from __future__ import annotations

import sys
from textwrap import dedent

from conftest import command

BOOT = """
import sys
from grader.kernel import runtimes
runtime = runtimes.boot("keras3")
tf = runtime.tf
runtime.pin(0)
OPTIONAL = {"pandas", "matplotlib", "cv2"}
"""


def run(source: str) -> str:
    """What this prints in a Python in which TensorFlow was booted as in a kernel."""
    code = BOOT + dedent(source)
    done = command([sys.executable, "-c", code], environment={"TF_CPP_MIN_LOG_LEVEL": "3"})
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_optional_packages_wait_until_they_are_used() -> None:
    """Neither the boot nor a training loads them; a frame that a notebook makes then is one to
    Keras too, and its plots draw with the very matplotlib that the notebook gets."""
    shown = run(
        """
        import numpy as np
        model = tf.keras.Sequential([tf.keras.layers.Dense(2)])
        model.compile("sgd", "mse")
        model.fit(np.zeros((8, 3), "float32"), np.zeros((8, 2), "float32"), verbose=0)
        assert not [name for name in sys.modules if name.partition(".")[0] in OPTIONAL]

        from keras.src.trainers.data_adapters import array_slicing
        from keras.src.visualization import plot_image_gallery
        assert not isinstance(model, array_slicing.ARRAY_TYPES)

        import pandas
        frame = pandas.DataFrame(np.ones((4, 3)))
        model.fit(frame, np.zeros((4, 2)), verbose=0)
        assert isinstance(frame, array_slicing.pandas.DataFrame)
        assert not isinstance(frame, array_slicing.pandas.Series)
        assert array_slicing.can_slice_array(frame)
        assert array_slicing.pandas.concat is pandas.concat

        import matplotlib.pyplot
        assert plot_image_gallery.plt.figure is matplotlib.pyplot.figure
        print(*model.predict(frame, verbose=0).shape)
        """
    )
    assert shown == "4 2"
