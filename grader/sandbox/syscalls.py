"""A seccomp filter: system calls that no notebook needs, and that have opened sandboxes before.

Namespaces hide what is there; the kernel's own code stays in reach of every system call. So calls
that trace other processes, that make namespaces and mounts, that load code into the kernel, or that
take memory which counts in no process are refused. libseccomp (a part of every systemd system)
translates names into the machine's numbers and writes the filter; without it there is none.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import sys
import tempfile
from collections.abc import Iterator

REFUSED = """
ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise

unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick
mount_setattr open_by_handle_at name_to_handle_at

bpf userfaultfd perf_event_open io_uring_setup io_uring_enter io_uring_register keyctl add_key
request_key init_module finit_module delete_module kexec_load kexec_file_load fanotify_init
lookup_dcookie vmsplice modify_ldt iopl ioperm uselib quotactl acct

reboot swapon swapoff syslog sethostname setdomainname settimeofday clock_settime clock_adjtime
adjtimex nfsservctl vhangup

memfd_create memfd_secret shmget move_pages migrate_pages
"""
"""Other processes; namespaces and mounts; code in the kernel, and interfaces with a history; the
machine itself; memory that counts in no process."""
NAMESPACES = (0x00000080, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000,
              0x40000000)  # fmt: skip
"""``CLONE_NEWTIME``, ``NS``, ``CGROUP``, ``UTS``, ``IPC``, ``USER``, ``PID``, ``NET``."""
TYPES_INTO_TERMINAL = (0x5412, 0x541C)
"""``ioctl``: ``TIOCSTI``, ``TIOCLINUX``."""
FAMILIES = {1, 2, 10, 16}
"""Sockets that may be made: Unix, IPv4, IPv6, netlink (which the list of interfaces needs)."""

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EQUAL, _GREATER, _MASKED = 4, 6, 7
_UNKNOWN = -1


class _Compare(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("one", ctypes.c_uint64),
        ("two", ctypes.c_uint64),
    )


Rule = tuple[str, int, tuple[int, int, int, int] | None]
"""A call, the error that it fails with, and on what condition."""


@functools.cache
def filter_program() -> bytes:
    """The filter as bubblewrap reads it; empty where there is no libseccomp."""
    library = _library()
    if library is None:
        return b""
    context = library.seccomp_init(_ALLOW)
    try:
        for name, error, condition in _rules():
            number = library.seccomp_syscall_resolve_name(name.encode())
            if number == _UNKNOWN:  # a call that this library is too old to know
                continue
            compared = () if condition is None else (_Compare(*condition),)
            array = (_Compare * len(compared))(*compared)
            action = _ERRNO | error
            added = library.seccomp_rule_add_array(context, action, number, len(compared), array)
            if added != 0 and number >= 0:  # a negative one is no call of this machine
                return b""
        with tempfile.TemporaryFile() as file:
            if library.seccomp_export_bpf(context, file.fileno()) != 0:
                return b""
            file.seek(0)
            return file.read()
    finally:
        library.seccomp_release(context)


def handed_over(program: bytes) -> int:
    """A descriptor from which ``program`` can be read once; the caller closes it."""
    with tempfile.TemporaryFile() as file:
        file.write(program)
        file.seek(0)
        return os.dup(file.fileno())


def _rules() -> Iterator[Rule]:
    for name in REFUSED.split():
        yield name, errno.EPERM, None
    yield "clone3", errno.ENOSYS, None  # its flags lie in memory; libraries fall back to clone
    for flag in NAMESPACES:
        yield "clone", errno.EPERM, (0, _MASKED, flag, flag)
    for request in TYPES_INTO_TERMINAL:
        # Linux looks at 32 bits of it, the filter at 64.
        yield "ioctl", errno.EPERM, (1, _MASKED, 0xFFFFFFFF, request)
    for family in range(max(FAMILIES)):
        if family not in FAMILIES:
            yield "socket", errno.EPERM, (0, _EQUAL, family, 0)
    yield "socket", errno.EPERM, (0, _GREATER, max(FAMILIES), 0)


def _library() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(_Compare),
    ]  # fmt: skip
    return library
