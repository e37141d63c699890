"""The walls of a cell: limits that a process puts on itself before it opens a foreign file, and cannot take off again.

Memory, processor time and file size by rlimits, everywhere. On Linux also: it ends with the process that started it, it
may read nothing but programs and libraries (Landlock), it has no network, cannot touch other processes, and begets none
(seccomp): only threads, which are gone with it.
Never does: open the file; promise the last three on kernels that lack them (docs/leaks.md says which).
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every machine
_LANDLOCK_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_ALL_ACCESS = (1 << 13) - 1  # what the first version of Landlock knows: reading, writing, making, removing

_CLONE_THREAD = 0x10000


@dataclass(frozen=True)
class _Calls:
    """What seccomp must know of a kind of machine: its own number, and its numbers of system calls.

    `refused`: socket, socketpair, connect, kill, tkill, rt_sigqueueinfo, rt_tgsigqueueinfo, ptrace, process_vm_readv,
    process_vm_writev. `forks`: fork and vfork, where they exist.
    """

    machine: int
    tgkill: int
    prlimit64: int
    clone: int
    refused: tuple[int, ...]
    forks: tuple[int, ...] = ()


# The same everywhere: pidfd_send_signal, io_uring_setup, pidfd_open, pidfd_getfd.
_EVERYWHERE = (424, 425, 434, 438)
_CLONE3 = 435
_MACHINES = {
    "x86_64": _Calls(0xC000003E, 234, 302, 56, (41, 53, 42, 62, 200, 129, 297, 101, 310, 311), (57, 58)),
    "aarch64": _Calls(0xC00000B7, 131, 261, 220, (198, 199, 203, 129, 130, 138, 240, 117, 270, 271)),
}


def close_in(
    *, memory_mb: int, cpu_seconds: int, file_mb: int, readable: tuple[str, ...], begets: bool = False
) -> tuple[str, ...]:
    """Put up the walls around this process. `readable`: folders and files that it may still read and execute; `begets`:
    it may start others, which stand behind the same walls.

    Which of "landlock" and "seccomp" stand."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_mb * MEGABYTE, file_mb * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MEGABYTE, memory_mb * MEGABYTE))
    standing: tuple[str, ...] = ()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        standing += ("landlock",) if _no_files_but(libc, readable) else ()
        standing += ("seccomp",) if _no_network(libc, begets) else ()
    return standing


def _no_files_but(libc: ctypes.CDLL, readable: tuple[str, ...]) -> bool:
    """Landlock: reading and executing below `readable`, nothing else. Nothing at all on a kernel without it."""
    rules = ctypes.create_string_buffer(struct.pack("=Q", _ALL_ACCESS), 8)
    ruleset = libc.syscall(_LANDLOCK_CREATE, rules, 8, 0)
    if ruleset < 0:
        return False
    for path in readable:
        if not Path(path).exists():
            continue
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        access = _EXECUTE | _READ_FILE | (_READ_DIR if Path(path).is_dir() else 0)
        rule = ctypes.create_string_buffer(struct.pack("=Qi", access, place), 12)
        added = libc.syscall(_LANDLOCK_ADD, ruleset, _LANDLOCK_PATH_BENEATH, rule, 0)
        os.close(place)
        if added != 0:
            raise OSError(ctypes.get_errno(), "a wall could not be put up")
    if libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "a wall could not be put up")
    os.close(ruleset)
    return True


def _no_network(libc: ctypes.CDLL, begets: bool) -> bool:
    """seccomp: the refused calls of _MACHINES answer EPERM. Nothing at all on a machine that is not in the table."""
    if platform.machine() not in _MACHINES:
        return False
    calls = _MACHINES[platform.machine()]
    load, equal, at_least, has, answer = 0x20, 0x15, 0x35, 0x45, 0x06  # the instructions of this little program
    refuse, allow, unknown = 0x00050000 | errno.EPERM, 0x7FFF0000, 0x00050000 | errno.ENOSYS
    call, first = 0, 16  # where the number and the (lower half of the) first argument stand
    program = [(load, 0, 0, 4), (equal, 1, 0, calls.machine), (answer, 0, 0, refuse), (load, 0, 0, call)]
    program += [(at_least, 0, 1, 0x40000000), (answer, 0, 0, refuse)]  # the same calls under their other numbers (x32)
    for number in (*calls.refused, *_EVERYWHERE, *(() if begets else calls.forks)):
        program += [(equal, 0, 1, number), (answer, 0, 0, refuse)]
    # Its flags cannot be looked into; the C library then takes clone.
    program += [(equal, 0, 1, _CLONE3), (answer, 0, 0, unknown)]
    # Limits of its own, a signal to itself (abort), another thread of its own: nothing else.
    only = [(calls.prlimit64, equal, 0), (calls.tgkill, equal, os.getpid())]
    only += [] if begets else [(calls.clone, has, _CLONE_THREAD)]
    for number, passes, value in only:
        program += [(equal, 0, 4, number), (load, 0, 0, first)]
        program += [(passes, 1, 0, value), (answer, 0, 0, refuse), (answer, 0, 0, allow)]
    program.append((answer, 0, 0, allow))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    # struct sock_fprog: a length, padding, a pointer
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head, 0, 0) == 0:
        return True
    if ctypes.get_errno() != errno.EINVAL:
        raise OSError(ctypes.get_errno(), "a wall could not be put up")
    return False
