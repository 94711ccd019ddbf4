"""Attacks that want to hurt: all of the memory, the disk, the processes, the time."""

from __future__ import annotations

from attack import Attack, beside, spoiled
from siege import OUCH

ATTACKS: list[Attack] = [
    # ---------------------------------------------------------------- exhausting
    spoiled(
        "fork-bomb",
        "Processes are started without end.",
        "double",
        "import os, time\nwhile os.fork():\n    pass\ntime.sleep(60)",
        says="more than 256 processes",
    ),
    spoiled(
        "bomb-of-forks",
        "Processes are started without end by every process that was started.",
        "double",
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
        says="more than 256 processes",
    ),
    beside(
        "thread-bomb",
        "Three hundred threads that sleep.",
        "import threading, time\n"
        "for _ in range(300):\n    threading.Thread(target=time.sleep, args=(600,)).start()\n"
        f"time.sleep(2); {OUCH}; time.sleep(600)",
    ),
    spoiled(
        "thirty-gigabytes",
        "Memory is taken until there is none.",
        "double",
        "held = [np.ones(2 ** 24) for _ in range(240)]\nreturn held",
        says="limit",
    ),
    beside(
        "memory-in-many-processes",
        "Eight processes take less than the limit each, and more than it together.",
        "import os, time\n"
        "ours, theirs = os.pipe()\n"
        "end = time.time() + 6\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        held = []\n"
        "        while len(held) < 16 and time.time() < end:\n"
        "            held.append(np.ones(2 ** 22))\n"
        "        if len(held) == 16: os.write(theirs, b'x')\n"
        "        time.sleep(max(0, end + 2 - time.time()))\n"
        "        os._exit(0)\n"
        "os.close(theirs)\n"
        "filled = sum(len(os.read(ours, 1)) for _ in range(8))\n"
        "time.sleep(max(0, end + 1 - time.time()))\n"
        f"if filled == 8: {OUCH}",
    ),
    beside(
        "full-disk",
        "Every folder that can be written is filled.",
        "import os\n"
        "room = os.path.dirname(__import__('builtins')._grader_serve._channel._socket"
        ".getpeername())\n"
        "for folder in (os.path.expanduser('~'), '/tmp', '/dev/shm', room, '/', '@HOME@'):\n"
        "    for number in range(4):\n"
        "        try:\n"
        "            with open(f'{folder}/{number}', 'wb') as file:\n"
        "                for _ in range(64):\n"
        "                    file.write(bytes(2 ** 24))\n"
        "        except OSError:\n"
        "            continue",
    ),
    beside(
        "more-than-its-home",
        "More is written into the home than its share of memory.",
        "import os\n"
        "for number in range(5):\n"
        "    with open(os.path.expanduser(f'~/{number}'), 'wb') as file:\n"
        "        for _ in range(16):\n            file.write(bytes(2 ** 24))\n"
        f"{OUCH}",
    ),
    beside(
        "a-million-files",
        "The folder that is shared with the grader is filled with empty files.",
        "import os\n"
        "os.chdir(os.path.dirname(__import__('builtins')._grader_serve._channel._socket"
        ".getpeername()))\n"
        "import time\n"
        "for number in range(60_000):\n    open(str(number), 'w').close()\n"
        f"time.sleep(2); {OUCH}",
    ),
    beside(
        "endless-output",
        "A loop prints without end, and takes no exception for an answer.",
        "while True:\n    try:\n        print('x' * 10_000)\n    except Exception:\n        pass",
    ),
    beside(
        "output-past-python",
        "Output goes to the process's own descriptors, where no Python counts it.",
        "import os\nwhile True:\n    os.write(1, b'x' * 2 ** 20)\n    os.write(2, b'x' * 2 ** 20)",
    ),
    beside(
        "endless-in-c",
        "A loop in C that no interrupt reaches.",
        "import ctypes\nctypes.PyDLL(None).sleep(600)",
    ),
    spoiled(
        "endless-arithmetic",
        "A power that takes longer than the universe has.",
        "double",
        "return 7 ** (7 ** (7 ** 7))",
        says="time limit",
    ),
    beside(
        "deaf-to-signals",
        "Every signal that can be ignored is, and the loop goes on.",
        "import signal\n"
        "for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    signal.signal(number, signal.SIG_IGN)\n"
        "while True:\n    pass",
    ),
    beside(
        "stops-itself",
        "The kernel stops itself, so that it neither runs nor ends.",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    ),
]
