# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a running Java virtual machine about itself, as `jcmd` does, without starting another one.

The protocol is HotSpot's own: a file and a signal wake its listener, which then answers on a
Unix socket. It works for every machine since Java 8, also where only a runtime is installed.
"""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import socket
import time
from pathlib import Path

from dataops.snapshot import processes

_WAIT_SECONDS = 5.0
_MOST_BYTES = 8 << 20
_QUIT_BIT = 1 << (signal.SIGQUIT - 1)


class JvmError(Exception):
    """The machine does not answer; the message says why."""


@dataclasses.dataclass(frozen=True)
class Jvm:
    """One running machine.

    Attributes:
        pid: of its process.
        name: its main class, without the package.
    """

    pid: int
    name: str

    def ask(self, command: str, seconds: float = _WAIT_SECONDS) -> str:
        """What a diagnostic command says, such as `Thread.print`.

        Raises:
            JvmError: the machine is gone, or does not answer in time.
        """
        try:
            return self._ask(command, seconds)
        except OSError as error:
            reason = "it does not answer in time" if isinstance(error, TimeoutError) else error
            raise JvmError(f"{command} of {self.name} (pid {self.pid}): {reason}") from None

    def _ask(self, command: str, seconds: float) -> str:
        self._ensure_listening()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            channel.settimeout(seconds)
            channel.connect(str(self._socket))
            channel.sendall(b"1\0jcmd\0" + command.encode() + b"\0\0\0")
            answer = bytearray()
            deadline = time.monotonic() + seconds
            while len(answer) < _MOST_BYTES and (block := channel.recv(65536)):
                answer += block
                if time.monotonic() > deadline:
                    raise TimeoutError
        code, _, text = bytes(answer).partition(b"\n")
        if code != b"0":
            raise JvmError(f"{command}: {text.decode(errors='replace').strip()[:200]}")
        return text.decode(errors="replace")

    def _ensure_listening(self) -> None:
        """Have it listen, unless it does already."""
        if self._socket.is_socket():
            return
        # The signal ends a process that does not expect it.
        if not _catches_quit(self.pid):
            raise JvmError(f"{self.name} (pid {self.pid}) takes no questions")
        mark = self._root / "tmp" / f".attach_pid{self._inner}"
        owner = Path(f"/proc/{self.pid}").stat()
        mark.touch(mode=0o600)
        try:
            os.chown(mark, owner.st_uid, owner.st_gid)
            os.kill(self.pid, signal.SIGQUIT)
            deadline = time.monotonic() + _WAIT_SECONDS
            while not self._socket.is_socket():
                if time.monotonic() > deadline:
                    raise TimeoutError
                time.sleep(0.02)
        finally:
            mark.unlink(missing_ok=True)

    @property
    def _root(self) -> Path:
        """The root directory as the process sees it."""
        return Path(f"/proc/{self.pid}/root")

    @property
    def _socket(self) -> Path:
        """Where it listens."""
        return self._root / "tmp" / f".java_pid{self._inner}"

    @property
    def _inner(self) -> int:
        """Its process id as it knows it."""
        return int(processes.status(self.pid).get("NSpid", str(self.pid)).split()[-1])


def of_unit(unit: str) -> tuple[Jvm, ...]:
    """The running Java machines of a unit: those whose environment names it and our model."""
    return tuple(jvm for pid in processes.of_unit(unit) if (jvm := _java(pid)))


def used_heap(heap_info: str) -> int:
    """Bytes in use, of what `GC.heap_info` says; 0 when it says nothing that we know."""
    heap, _, _ = heap_info.partition("Metaspace")
    return sum(int(kib) for kib in re.findall(r"\bused (\d+)K", heap)) << 10


def _java(pid: int) -> Jvm | None:
    """The process as a Java machine, if it is one."""
    try:
        program = Path(f"/proc/{pid}/exe").readlink()
        words = processes.words(pid)
    except OSError:
        return None
    if program.name != "java":
        return None
    return Jvm(pid, _main_class(words[1:]))


def _main_class(words: list[str]) -> str:
    """The class that was started: the first word that is neither an option nor its value."""
    rest = iter(words)
    for word in rest:
        if word in ("-cp", "-classpath", "--class-path"):
            next(rest, None)
        elif not word.startswith("-") and word:
            return re.sub(r"[^A-Za-z0-9]+", "", word.rpartition(".")[2]) or "java"
    return "java"


def _catches_quit(pid: int) -> bool:
    """Whether the process handles the signal."""
    return bool(int(processes.status(pid).get("SigCgt", "0"), 16) & _QUIT_BIT)
