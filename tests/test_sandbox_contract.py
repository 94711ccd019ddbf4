"""What every sandbox must do, through a real kernel with TensorFlow; and what one cannot."""

from __future__ import annotations

import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest
from conftest import ROOT
from kernels import Booted, Fallen, fall, tiny_data
from kernels import request as probe

from grader.model import Fault, FaultKind
from grader.sandbox.bubblewrap import HOME_SIZE, Bubblewrap
from grader.sandbox.process import PlainProcess
from grader.sandbox.room import Limits, Sandbox
from grader.sandbox.syscalls import filter_program

CANNOT: Mapping[str, Mapping[str, str]] = {
    "bubblewrap": {},
    "process": {
        "files": "from reading every file that you may read",
        "read_only": "from writing wherever you may write",
        "network": "from using the network",
        "processes": "from seeing your other processes",
        "home_size": "from filling the disk outside its own folder",
        "calls": "from calling into the operating system's kernel as it likes",
    },
}
"""What a sandbox cannot do, in the words of SECURITY.md; the rest of this file holds for it."""

SLEEP = f"8{os.getpid()}"
"""An argument that tells the sleepers which our kernels started from all others."""
PORT = """
import socket
def reach(address):
    with socket.socket() as s:
        s.settimeout(3)
        return s.connect_ex(address)
"""
CELLS = {
    "prints": "print('seen')\n6 * 7",
    "goes_on": "1 / 0\nafter = 'still here'\nprint(after)",
    "endless": "rounds = 0\nwhile True:\n    rounds += 1\nprint('next statement')",
    "lives": "print(rounds > 0)",
    "prints_on": "while True:\n    try:\n        print('x' * 1000)\n"
    "    except Exception:\n        pass\nprint('next statement')",
    "asks": "answer = input('name? ')",
    "shell": "!sleep 600\nfiles = !sleep 600\n%pip install sleep\n%system sleep 600\nprint(files)",
    "bash": "%%bash\nsleep 600",
    "second": "channel = __import__('builtins')._grader_serve._channel\n"
    "path = channel._socket.getpeername()\n"
    "import socket\n"
    "other = socket.socket(socket.AF_UNIX)\n"
    "print('refused', other.connect_ex(path) != 0)",
    "bad_repr": "class Bad:\n    def __repr__(self):\n        raise SystemExit\n"
    "    __str__ = _repr_html_ = __class__ = property(__repr__)\nBad()\n"
    "def hostile(): return [Bad(), {Bad(): 1}]",
    "bad_text": "class Mean(Exception):\n    def __str__(self):\n        raise KeyboardInterrupt\n"
    "raise Mean",
    "sly_text": "class Text(str):\n    def __getitem__(self, key):\n        return object()\n"
    "class Sly(Exception):\n    def __str__(self):\n        return Text('sly')\nraise Sly",
    "nameless": "class Meta(type):\n    @property\n"
    "    def __name__(cls):\n        raise MemoryError\n"
    "class Nameless(Exception, metaclass=Meta):\n    pass\nraise Nameless",
    "long_text": f"raise ValueError('x' * {2**26})",
    "surrogates": "print('\\ud800')\nraise ValueError('\\ud800')",
    "forged_syntax": "e = SyntaxError('no')\n"
    "e.filename, e.lineno, e.text = [], object(), 5\nraise e",
    "leaves": "raise SystemExit('bye')",
    "functions": "def answer(): return 42\ndef huge(): return 10 ** 6000\n"
    "def deep():\n    x = []\n    for _ in range(10 ** 5): x = [x]\n    return x\n"
    "class Worse:\n    def __array__(self, *a, **k): raise SystemExit\n"
    "def worse(): return Worse()\n"
    "def looping():\n    while True: pass\n",
    "reach": f"{PORT}\ndef outside(): return reach(('192.0.2.1', 80))\n"
    "def resolves(): return socket.getaddrinfo('example.org', 80)",
    "files": "import os\ndef visible(path): return os.path.lexists(path)\n"
    "data = __import__('builtins')._grader_serve._settings['data']['cifar10']\n"
    "def data_entries(): return sorted(os.listdir(data))",
    "writes": "import kernel\ncode = os.path.dirname(kernel.__file__)\n"
    "def writable(path):\n    try:\n        open(os.path.join(path, 'x'), 'w').close()\n"
    "    except OSError:\n        return False\n    return True\n"
    "def own_folders(): return [writable(path) for path in (code, data, os.path.expanduser('~'))]",
    "calls": "import ctypes, errno, socket\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "def refused():\n"
    "    calls = ((libc.ptrace, 0, 0, 0, 0), (libc.unshare, 0x10000000),\n"
    "             (libc.shmget, 0, 4096, 0o1600))\n"
    "    told = [(call(*rest), ctypes.get_errno()) for call, *rest in calls]\n"
    "    return [error == errno.EPERM and back == -1 for back, error in told]\n",
    "processes": "def pids(): return [int(p) for p in os.listdir('/proc') if p.isdigit()]",
    "environment": "def variables(): return sorted(os.environ.items())",
    "fills": f"size = {2**24}\nwritten = 0\n"
    "with open(os.path.expanduser('~/a'), 'wb') as a, open(os.path.expanduser('~/b'), 'wb') as b:\n"
    "    try:\n"
    f"        for number in range({3 * HOME_SIZE // 2**24}):\n"
    f"            written += (a if number * size < {HOME_SIZE // 2} else b).write(bytes(size))\n"
    "    except OSError as error:\n        reason = error.strerror\n"
    "for name in 'ab': os.remove(os.path.expanduser(f'~/{name}'))\n"
    "print(written, reason)",
    "litter": "import subprocess, sys, time\n"
    f"near = subprocess.Popen(['sleep', '{SLEEP}'])\n"
    f"far = subprocess.Popen(['sleep', '{SLEEP}'], start_new_session=True)\n"
    "room = os.path.dirname(__import__('builtins')._grader_serve._channel._socket.getpeername())\n"
    "os.makedirs(f'{room}/locked/inside'); os.chmod(f'{room}/locked', 0)\n"
    "os.chdir(room)\n"
    "print(near.poll(), far.poll(), sorted(os.listdir()).count('locked'), flush=True)\n"
    "time.sleep(2)\n"
    "for _ in range(3000):\n    os.mkdir('d'); os.chdir('d')\n"
    "time.sleep(600)",
}
HOSTILE = ("bad_text", "sly_text", "nameless", "long_text", "surrogates", "forged_syntax", "leaves")
MEMORY = int(2.5 * 2**30)
DEADLY = {
    "sleeper": f"import subprocess\nsubprocess.Popen(['sleep', '{SLEEP}'], start_new_session=True)",
    "exits": "import os\nos._exit(0)",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "memory": "import numpy as np\nheld = []\n"
    f"while sum(a.nbytes for a in held) < {2 * MEMORY}:\n    held.append(np.ones(2**23))",
    "threads": "import threading, time\n"
    "for _ in range(1000):\n    threading.Thread(target=time.sleep, args=(600,)).start()\n"
    "time.sleep(600)",
    "big_message": f"print('x' * {40 * 2**20})",
    "flood": "import sys\nwrite = type(sys.stdout).write\n"
    "for _ in range(10 ** 6):\n    write(sys.stdout, 'x' * 10 ** 5); sys.stdout.flush()\n"
    "time.sleep(600)",
    "survives": "print('alive')\ndef answer(): return 42",
}
LASTING = {
    "blocks": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "in_c": "import ctypes\nctypes.PyDLL(None).sleep(600)",
    "swallows": "while True:\n    try:\n        while True:\n            pass\n"
    "    except BaseException:\n        pass",
    "survives": "print('alive')\ndef answer(): return 42",
}
SPEAK = "channel = __import__('builtins')._grader_serve._channel\nline = channel._socket\n"
LYING = {
    "lies": f"{SPEAK}import os, struct, time\n"
    "def says(data):\n    line.sendall(data)\n    time.sleep(600)\n"
    "def malformed(): says(struct.pack('>Q', 9) + b'\\xff' * 9)\n"
    f"def too_long(): says(struct.pack('>Q', {2**62}))\n"
    "def hangs_up():\n    line.close()\n    time.sleep(600)\n"
    "def unserved():\n    import builtins\n    del builtins._grader_serve\n    raise SystemExit\n"
    "def forks():\n    while os.fork():\n        pass\n    time.sleep(600)\n"
    "def also(): return 42\n"
    "def too_big():\n    import numpy as np\n    return np.ones(2 ** 18)\n"
    "def answer(): return 42",
}


def available(sandbox: Sandbox) -> Sandbox:
    """Skips where a sandbox cannot be had; on CI it has to be there."""
    reason = sandbox.unavailable()
    if reason and not os.environ.get("CI"):
        pytest.skip(reason)
    assert reason is None, reason
    return sandbox


@pytest.fixture(scope="module")
def rooms() -> Iterator[Path]:
    """Where all rooms of this file are made. Its path is short, as a socket's has to be."""
    with tempfile.TemporaryDirectory(prefix="rooms-") as folder, pytest.MonkeyPatch.context() as m:
        m.setattr(tempfile, "tempdir", folder)
        m.setenv("GRADER_TEST_SECRET", "the caller's own")
        yield Path(folder)


@pytest.fixture(scope="module", params=[Bubblewrap, PlainProcess], ids=lambda kind: kind.name)
def sandbox(request: pytest.FixtureRequest, rooms: Path) -> Sandbox:
    return available(request.param())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_data(tmp_path_factory.mktemp("data") / "open")


@pytest.fixture(scope="module")
def booted(sandbox: Sandbox, data: Path) -> Iterator[Booted]:
    """A kernel that no test kills."""
    with Booted(sandbox, CELLS, data) as kernel:
        for name in ("functions", "bad_repr", "reach", "files", "writes", "processes", "calls"):
            kernel.run(name)
        kernel.run("environment")
        yield kernel


@pytest.fixture(scope="module")
def all_fallen(sandbox: Sandbox) -> tuple[Fallen, Fallen, Fallen]:
    """What three notebooks came to that kill one kernel after the other."""
    lies = ["malformed", "too_long", "too_big", "hangs_up", "unserved", "also", "forks", "answer"]
    killing = Limits(cell_seconds=300, memory=MEMORY, processes=200)
    speaking = Limits(probe_seconds=300, processes=200, answer=2**20)
    notebooks = (
        Fallen(sandbox, DEADLY, killing, ["answer"]),
        Fallen(sandbox, LASTING, Limits(cell_seconds=2), ["answer"]),
        Fallen(sandbox, LYING, speaking, lies),
    )
    fall(*notebooks)
    return notebooks


@pytest.fixture(scope="module")
def fallen(all_fallen: tuple[Fallen, ...]) -> Fallen:
    return all_fallen[0]


@pytest.fixture(scope="module")
def lasting(all_fallen: tuple[Fallen, ...]) -> Fallen:
    return all_fallen[1]


@pytest.fixture(scope="module")
def lying(all_fallen: tuple[Fallen, ...]) -> Fallen:
    return all_fallen[2]


def needs(ability: str, sandbox: Sandbox) -> None:
    """Skips for a sandbox that declares that it cannot."""
    if reason := CANNOT[sandbox.name].get(ability):
        pytest.skip(f"{sandbox.name} does not keep code {reason}")


# ------------------------------------------------------------------ a living kernel


def test_output(booted: Booted) -> None:
    """A cell runs, and what it prints and shows comes back."""
    assert booted.run("prints") == ("seen\n42", None)


def test_goes_on(booted: Booted) -> None:
    """An exception in a statement stops nothing but that statement, and is noted."""
    assert booted.run("goes_on") == ("still here\n", None)
    assert booted.failure("goes_on")["type"] == "ZeroDivisionError"


def test_endless(booted: Booted) -> None:
    """An endless loop is interrupted when its time is up, and its kernel lives on."""
    started = time.monotonic()
    assert booted.run("endless", seconds=1.5) == ("next statement\n", None)
    assert time.monotonic() - started >= 1.5
    assert booted.run("lives") == ("True\n", None)
    assert booted.failure("endless")["kind"] == "time_limit"


def test_endless_probe(booted: Booted) -> None:
    """A probe of an endless function ends with a fault for each of its cases, and nothing dies."""
    wanted = probe("looping")
    wanted["cases"] = [{"id": str(number), "args": []} for number in range(5)]
    answer = booted.ask(wanted, seconds=1.5)
    assert isinstance(answer, dict)
    assert [a["fault"]["kind"] for a in answer["answers"]] == ["time_limit"] * 5
    assert booted.value("answer") == 42


def test_prints_on(booted: Booted) -> None:
    """A cell that prints without end gets an error at the limit, and its kernel lives on."""
    printed, fault = booted.run("prints_on")
    assert (fault, len(printed)) == (None, 20_000)
    told = {"kind": "output_limit", "line": 3, "source": "print('x' * 1000)"}
    assert booted.failure("prints_on").items() >= told.items()
    assert booted.run("prints") == ("seen\n42", None)


def test_input(booted: Booted) -> None:
    """A question that nobody will answer fails at once."""
    started = time.monotonic()
    assert booted.run("asks") == ("", None)
    assert time.monotonic() - started < 60
    assert booted.failure("asks")["type"] == "StdinNotImplementedError"


def test_shell(booted: Booted) -> None:
    """Shell commands and installations are skipped."""
    started = time.monotonic()
    printed, fault = booted.run("shell")
    assert fault is None
    assert printed.count("[grader] skipped: ") == 4
    assert printed.endswith("[]\n")
    assert booted.run("bash") == ("[grader] skipped: %%bash\n", None)
    assert time.monotonic() - started < 60


def test_second_connection(booted: Booted) -> None:
    """A kernel has one channel to the grader: a second connection is refused."""
    assert booted.run("second") == ("refused True\n", None)
    assert booted.value("answer") == 42


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text(booted: Booted, name: str) -> None:
    """Whatever an exception says or does when it is described, it is described in plain text."""
    assert booted.run(name)[1] is None
    told = booted.failure(name)
    assert {type(told["type"]), type(told["message"])} == {str}
    assert len(told["message"]) <= 1000
    assert told["cell"] == list(CELLS).index(name)


@pytest.mark.parametrize("name", ["huge", "deep", "worse", "hostile"])
def test_hostile_values(booted: Booted, name: str) -> None:
    """A value that cannot be sent is a fault or a type's name, and the next probe is answered."""
    answer = booted.ask(probe(name))
    assert isinstance(answer, dict)
    assert booted.value("answer") == 42


def test_environment(booted: Booted) -> None:
    """A kernel's environment holds nothing of the caller's."""
    variables = dict(booted.value("variables"))
    assert "GRADER_TEST_SECRET" not in variables
    assert variables["PYTHONHASHSEED"] == "0"


def test_labels(booted: Booted) -> None:
    """Of a data set, images and training labels are in the room, and nothing else."""
    names = ["test_x.npy", "train_x.npy", "train_y.npy", "val_x.npy"]
    assert booted.value("data_entries") == names


# ------------------------------------------------------- kernels that are killed


@pytest.mark.parametrize("name", ["exits", "killed"])
def test_died(fallen: Fallen, name: str) -> None:
    """A kernel that ends by itself is a fault of the cell that ended it."""
    assert fallen.fault(name) == Fault(FaultKind.DIED, "", cell=list(DEADLY).index(name))


def test_segfault(lasting: Fallen) -> None:
    """A kernel that crashes in C is a fault of the cell that crashed it."""
    assert lasting.fault("segfault").kind is FaultKind.DIED


def test_memory(fallen: Fallen) -> None:
    """Memory over the limit is told as such."""
    assert fallen.fault("memory").kind is FaultKind.MEMORY
    assert fallen.fault("memory").message == "2.5 GiB"


def test_threads(fallen: Fallen) -> None:
    """Threads count as processes, and too many of them end the kernel."""
    assert fallen.fault("threads").kind is FaultKind.DIED
    assert fallen.fault("threads").message == "more than 200 processes"


def test_big_message(fallen: Fallen) -> None:
    """A single message over the limit never enters our memory, and is an output over the limit."""
    assert fallen.fault("big_message").kind is FaultKind.OUTPUT
    assert fallen.runs["big_message"].printed == ""
    assert fallen.grown[list(DEADLY).index("big_message")] < 20 * 2**20


def test_flood(fallen: Fallen) -> None:
    """A kernel that sends output without end is ended, and our memory stays as it was."""
    assert fallen.fault("flood").kind is FaultKind.OUTPUT
    assert fallen.runs["flood"].printed == "x" * 20_000
    assert fallen.grown[list(DEADLY).index("flood")] < 100 * 2**20


@pytest.mark.parametrize("name", ["blocks", "in_c", "swallows"])
def test_uninterruptible(lasting: Fallen, name: str) -> None:
    """What no interrupt stops is killed within the grace."""
    assert lasting.fault(name) == Fault(FaultKind.TIME, "2 s", cell=list(LASTING).index(name))
    assert lasting.runs[name].seconds < 60


@pytest.mark.parametrize("name", ["malformed", "too_long", "too_big"])
def test_lies(lying: Fallen, name: str) -> None:
    """A frame that breaks the format, or holds or promises more than the limit, is a fault."""
    answer = lying.answers[name]
    assert isinstance(answer, Fault)
    assert answer.kind is FaultKind.UNUSABLE
    assert "cannot be read" in answer.message


def test_hangs_up(lying: Fallen) -> None:
    """A kernel that closes its channel counts as dead."""
    assert lying.answers["hangs_up"] == Fault(FaultKind.DIED, "")


def test_unserved(lying: Fallen) -> None:
    """A kernel that ends a probe by an error of its own has answered it with a fault."""
    answer = lying.answers["unserved"]
    assert isinstance(answer, dict)
    assert answer["answers"][0]["fault"]["type"] == "SystemExit"


def test_unanswered(lying: Fallen) -> None:
    """A kernel that takes no requests any more is not waited for until the time is up."""
    assert lying.answers["also"] == Fault(FaultKind.UNUSABLE, "no answer came")


def test_forks(lying: Fallen) -> None:
    """Forks without end come to the limit of processes, and memory that they share counts once."""
    assert lying.answers["forks"] == Fault(FaultKind.DIED, "more than 200 processes")


def test_desk_goes_on(all_fallen: tuple[Fallen, ...]) -> None:
    """A desk goes on in a new kernel, without what killed the others."""
    for work in all_fallen:
        answer = work.answers["answer"]
        assert isinstance(answer, dict), answer
        assert answer["answers"][0]["value"] == {"value": 42}


def test_nothing_left(
    sandbox: Sandbox, data: Path, rooms: Path, all_fallen: tuple[Fallen, ...]
) -> None:
    """After a kernel's end no process that it started and no file of its room is left.

    A room too deep to be looked through ends the kernel, as one with too much in it does.
    """
    before = set(rooms.iterdir())
    assert len(all_fallen) == 3  # these started sleepers too
    assert sleepers() == []
    with Booted(sandbox, CELLS, data) as kernel:
        assert kernel.run("files")[1] is None
        printed, fault = kernel.run("litter")
        assert printed == "None None 1\n"
        assert fault is not None
        assert fault.kind is FaultKind.OUTPUT
        assert set(rooms.iterdir()) != before
    assert sleepers() == []
    assert set(rooms.iterdir()) == before


def sleepers() -> list[int]:
    """Processes that a cell of ours left sleeping, dead ones aside."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["cmdline"] == ["sleep", SLEEP]
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


# ------------------------------------------------------- what only walls can keep


def test_network(booted: Booted, sandbox: Sandbox) -> None:
    """There is no network: neither this machine's own, nor any other."""
    needs("network", sandbox)
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = booted.ask(probe("reach", server.getsockname()))
        assert isinstance(answer, dict)
        assert answer["answers"][0]["value"]["value"] != 0
    assert booted.value("outside") != 0
    answer = booted.ask(probe("resolves"))
    assert isinstance(answer, dict)
    assert answer["answers"][0]["fault"]["type"] == "gaierror"


def test_files(booted: Booted, sandbox: Sandbox, data: Path) -> None:
    """The user's home, the users' names, the course, the data's own folder are not there."""
    needs("files", sandbox)
    hidden = ["/etc/passwd", "/etc/shadow", "/var", "/sys", "/boot", "/run"]
    here = [ROOT / "reference", ROOT / "rubrics", ROOT / "grader" / "judge.py", data, data.parent]
    python = Path(sys.executable).resolve()
    home = [path for path in Path.home().iterdir() if not python.is_relative_to(path)]
    for path in [*hidden, *map(str, here), *map(str, home)]:
        answer = booted.ask(probe("visible", path))
        assert isinstance(answer, dict)
        assert answer["answers"][0]["value"] == {"value": False}, path


def test_read_only(booted: Booted, sandbox: Sandbox) -> None:
    """Code, data and the file system around them are read-only, the home folder is not."""
    needs("read_only", sandbox)
    assert booted.value("own_folders") == [False, False, True]
    for path in ("/", "/usr", "/dev", "/proc", sys.prefix):
        answer = booted.ask(probe("writable", path))
        assert isinstance(answer, dict)
        assert answer["answers"][0]["value"] == {"value": False}, path


def test_processes(booted: Booted, sandbox: Sandbox) -> None:
    """Other processes, ours among them, are not visible."""
    needs("processes", sandbox)
    assert len(booted.value("pids")) <= 4


def test_home_size(booted: Booted, sandbox: Sandbox) -> None:
    """The home folder holds no more than its cap."""
    needs("home_size", sandbox)
    printed, fault = booted.run("fills")
    assert fault is None
    written, _, reason = printed.strip().partition(" ")
    assert HOME_SIZE // 2 < int(written) <= HOME_SIZE
    assert reason == "No space left on device"


def test_system_calls(booted: Booted, sandbox: Sandbox) -> None:
    """Tracing, new namespaces and memory of no process are refused, where libseccomp is there."""
    needs("calls", sandbox)
    if not filter_program():
        pytest.skip("there is no libseccomp")
    assert booted.value("refused") == [True, True, True]


def test_cannot() -> None:
    """What the plain process cannot do is what SECURITY.md says of it."""
    text = re.sub(r"\s+", " ", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    section = text.split("## What `--sandbox process` does not stop")[1].split("## ")[0]
    assert [reason for reason in CANNOT["process"].values() if reason not in section] == []
