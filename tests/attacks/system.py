"""Attacks on the operating system's own interfaces: what only a filter of system calls refuses."""

from __future__ import annotations

from attack import Attack, beside
from siege import OUCH

C = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
CALL = f"""{C}
import platform
assert platform.machine() == 'x86_64'
def refused(number, *arguments):
    ctypes.set_errno(0)
    return libc.syscall(number, *arguments) == -1 and ctypes.get_errno() in (1, 38)
"""


def _call(name: str, story: str, *calls: str) -> Attack:
    tried = "\n".join(f"if not refused({call}): {OUCH}" for call in calls)
    return beside(name, story, CALL + tried)


FILTERED: list[Attack] = [
    _call("traces", "Another process is traced.", "101, 0, 0, 0, 0", "101, 16, 1, 0, 0"),
    _call(
        "reads-memory-of-others",
        "Memory of another process is read and written.",
        "310, 1, 0, 0, 0, 0, 0",
        "311, 1, 0, 0, 0, 0, 0",
    ),
    _call(
        "new-namespaces",
        "A user namespace of its own would make the code root in it.",
        "272, 0x10000000",
        "272, 0x00020000",
        "56, 0x10000011, 0, 0, 0, 0",
        "435, 0, 0",
        "308, 0, 0",
    ),
    _call(
        "mounts",
        "A file system is mounted over what is there.",
        "165, b'none', b'/tmp', b'tmpfs', 0, 0",
        "166, b'/', 2",
        "155, b'/', b'/'",
        "428, -100, b'/', 0",
        "430, b'tmpfs', 0",
    ),
    _call(
        "code-in-the-kernel",
        "Programs for the kernel: BPF, io_uring, performance counters, page faults.",
        "321, 0, 0, 0",
        "425, 1, 0",
        "298, 0, 0, -1, -1, 0",
        "323, 0",
        "175, 0, 0, b''",
        "246, 0, 0, 0, 0",
    ),
    _call(
        "kernel-keys",
        "Keys are asked of the kernel's keyrings, which no namespace divides.",
        "250, 0, 0, 0, 0",
        "248, b'user', b'a', b'b', 1, -3",
        "249, b'user', b'a', 0, 0",
    ),
    _call(
        "memory-without-owner",
        "Memory that counts in no process.",
        "319, b'x', 0",
        "29, 0, 4096, 0o1600",
        "447, 0",
    ),
    beside(
        "memory-in-files",
        "Memory is taken as anonymous files, which belong to no process.",
        "import os\n"
        "held, piece = [], bytes(2 ** 24)\n"
        "for number in range(20):\n"
        "    held.append(os.memfd_create(str(number)))\n"
        "    for _ in range(16):\n        os.write(held[-1], piece)\n"
        f"    if number >= 16: {OUCH}",
    ),
    beside(
        "memory-in-segments",
        "Memory is taken as System V segments, which outlive who wrote them.",
        f"{C}libc.shmat.restype = ctypes.c_void_p\n"
        "libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]\n"
        "for number in range(20):\n"
        "    name = libc.shmget(0, ctypes.c_size_t(2 ** 28), 0o1600)\n"
        "    at = libc.shmat(name, None, 0)\n"
        "    if name < 0 or at in (None, 2 ** 64 - 1): raise OSError\n"
        "    ctypes.memset(at, 1, 2 ** 28)\n"
        "    libc.shmdt(ctypes.c_void_p(at))\n"
        f"    if number >= 16: {OUCH}",
    ),
    _call("sets-the-clock", "The machine's clock is set.", "227, 0, 0", "164, 0, 0", "305, 0, 0"),
    _call(
        "restarts-the-machine", "The machine is restarted.", "169, 0, 0, 0, 0", "246, 0, 0, 0, 0"
    ),
    beside(
        "types-into-the-terminal",
        "Letters are pushed into the teacher's terminal, to be run when the grading ends.",
        f"{CALL}\nimport fcntl\n"
        "for number in range(3):\n"
        "    if not refused(16, number, 0x5412, b'x'): " + OUCH,
    ),
    beside(
        "odd-sockets",
        "Sockets of families that no network namespace confines.",
        "import socket\n"
        "for family in (17, 38, 40, 31, 21, 44):\n"
        "    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):\n"
        "        try:\n            socket.socket(family, kind)\n"
        "        except PermissionError:\n            continue\n"
        "        except OSError as error:\n"
        f"            if error.errno != 1: {OUCH}\n"
        f"        else: {OUCH}",
    ),
]
