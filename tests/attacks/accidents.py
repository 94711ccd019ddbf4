"""Accidents: nobody meant any harm, and the notebook breaks all the same."""

from __future__ import annotations

from dataclasses import replace

from attack import Attack, beside, spoiled

ATTACKS: list[Attack] = [
    beside("segmentation-fault", "A cell crashes in C.", "import ctypes\nctypes.string_at(0)"),
    spoiled(
        "segmentation-fault-in-an-answer",
        "An answer crashes in C.",
        "double",
        "import ctypes\nctypes.string_at(0)",
        says="died",
    ),
    replace(
        spoiled(
            "module-of-another-machine",
            "An answer needs a module that is not there where it is graded.",
            "double",
            "import imageio_ffmpeg\nreturn 2 * x",
            says="imageio_ffmpeg",
        ),
        left_open=True,
    ),
    beside(
        "endless-recursion",
        "A function calls itself without end, and the limit on that was lifted.",
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef down(n): return down(n + 1)\ndown(0)",
    ),
    beside("closed-output", "A cell closes its output.", "import sys\nsys.stdout.close()"),
    beside(
        "closed-descriptors",
        "A cell closes the process's own output.",
        "import os\nos.close(1)\nos.close(2)",
    ),
    beside("reset", "A cell forgets everything.", "%reset -f", before="end"),
    beside(
        "reset-in-the-middle", "A cell forgets what was imported.", "%reset -f", before="weights"
    ),
    beside("asks", "A cell waits for what nobody will type.", "name = input('Your name? ')"),
    spoiled(
        "asks-in-an-answer",
        "An answer waits for what nobody will type.",
        "double",
        "return float(input('Your answer? '))",
        says="input",
    ),
    beside(
        "shows-a-plot",
        "A plot waits for somebody to close its window.",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show(block=True)",
    ),
    beside(
        "installs",
        "Packages are installed, in every way that there is.",
        "!pip install torch\n%pip install torch\n!apt-get install -y cowsay\n"
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'pip', 'install', 'torch'], timeout=5)",
    ),
    beside(
        "asks-for-a-gpu",
        "The notebook wants a graphics card that is not there.",
        "device = '/device:GPU:0'\n"
        "tf.config.set_visible_devices(tf.config.list_physical_devices('GPU')[0], 'GPU')\n"
        "with tf.device(device):\n    print(tf.constant(1))",
    ),
    spoiled(
        "gpu-in-an-answer",
        "An answer insists on a graphics card that is not there.",
        "double",
        "tf.config.set_soft_device_placement(False)\n"
        "with tf.device('/GPU:3'):\n    return tf.matmul(tf.ones((2, 2)), tf.ones((2, 2)))",
        says="GPU",
    ),
    beside(
        "logs-without-end",
        "A logger tells everything, to everybody.",
        "import logging, sys\n"
        "logging.basicConfig(level=0, stream=sys.stderr, force=True)\n"
        "for number in range(200_000):\n    logging.debug('step %d of a very long story', number)",
    ),
    beside(
        "jumping-clock",
        "The clocks jump by years, forwards and back.",
        "import time\n"
        "clocks, years = {}, [0]\n"
        "for name in ('time', 'monotonic', 'perf_counter', 'process_time'):\n"
        "    clocks[name] = getattr(time, name)\n"
        "    def jump(name=name):\n"
        "        years[0] = -years[0] + 3e8\n"
        "        return clocks[name]() + years[0]\n"
        "    setattr(time, name, jump)",
    ),
    beside(
        "no-sleep",
        "What waits is replaced by what does not.",
        "import time, threading\ntime.sleep = lambda seconds: None",
    ),
    beside(
        "stops-the-loop",
        "The event loop that the kernel itself lives on is stopped.",
        "import asyncio\nasyncio.get_event_loop().stop()",
    ),
    beside("exits", "A cell leaves.", "exit()\nquit()\nraise SystemExit"),
    beside(
        "shuts-down",
        "The kernel is asked to shut down.",
        "get_ipython().kernel.do_shutdown(False)",
    ),
    beside(
        "restarts",
        "The kernel kills itself, as Colab's advice has it after an installation.",
        "import os\nos.kill(os.getpid(), 9)",
    ),
    beside(
        "alarm",
        "An alarm rings while its cell waits.",
        "import signal, time\nsignal.alarm(1)\ntime.sleep(3)",
    ),
    beside(
        "warnings-as-errors",
        "Every warning of every library becomes an error.",
        "import warnings\nwarnings.simplefilter('error')",
    ),
    beside(
        "no-environment",
        "The environment, the search path and the working folder are gone.",
        "import os, shutil, sys\n"
        "os.environ.clear()\nsys.path.clear()\n"
        "shutil.rmtree(os.path.expanduser('~'), ignore_errors=True)\nos.chdir('/')",
    ),
    beside(
        "fails-when-deleted",
        "An object that raises when it is deleted, and a thread that dies.",
        "import threading\n"
        "class Sore:\n    def __del__(self): raise ValueError('ouch')\n"
        "Sore()\ntracked = Sore()\n"
        "threading.Thread(target=lambda: 1 / 0).start()",
    ),
    beside(
        "waits-forever",
        "A cell waits for a lock that nobody will give back.",
        "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    ),
    beside(
        "awaits-forever",
        "A cell awaits what never comes.",
        "import asyncio\nawait asyncio.Event().wait()",
    ),
    beside(
        "sessions-cleared",
        "Keras is cleared and told other defaults.",
        "tf.keras.backend.clear_session()\ntf.random.set_seed(7)\nnp.random.seed(7)\n"
        "tf.config.run_functions_eagerly(True)",
    ),
    beside("broken-syntax", "A cell is not Python.", "def broken(:\n    return return"),
    beside(
        "memory-in-a-cell",
        "A cell runs out of memory.",
        "held = [np.ones(2 ** 24) for _ in range(60)]",
    ),
]
