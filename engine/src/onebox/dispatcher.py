# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The only place that starts a charm's process: its argv, its output, its hook tools."""

import logging
import os
import selectors
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from onebox import processes
from onebox.errors import OneboxError
from onebox.hooktools import wire
from onebox.hooktools.context import Context
from onebox.hooktools.serve import serve
from onebox.hooktools.tool import Answer, NeedsStdin

# Background processes may hold a hook's output open: after its end Juju waits this long for more.
_DRAIN_SECONDS = 0.1
# Juju's reader breaks very long lines.
_LINE_BYTES = 4096
_CALLER_SECONDS = 30.0

_LOG = logging.getLogger(__name__)

Line = Callable[[str, str], None]


@dataclass(frozen=True)
class Program:
    """What is started: its argv, and how Juju's log calls it."""

    argv: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Ended:
    """How a charm's process ended; `code` is negative for a signal."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def reason(self) -> str:
        """In Juju's words, such as `exit status 1`."""
        if self.code >= 0:
            return f"exit status {self.code}"
        return f"signal: {(signal.strsignal(-self.code) or str(-self.code)).lower()}"


def find_program(charm: Path, path: str) -> Program | None:
    """What runs `hooks/<name>` or `actions/<name>`; None when the charm has nothing for it.

    Raises:
        OneboxError: the charm is not there, or what should run is not executable.
    """
    if not (charm / "metadata.yaml").exists():
        raise OneboxError(f"charm missing from disk: {charm} has no metadata.yaml")
    for script, kind in (
        (charm / "dispatch", "hook dispatching script: dispatch"),
        (charm / path, "explicit, bespoke hook script"),
    ):
        if not script.exists():
            continue
        if not os.access(script, os.X_OK):
            raise OneboxError(f"fork/exec {script}: permission denied")
        return Program((os.fspath(script),), kind)
    return None


class Run:
    """One process of a charm, from its start to its end, with its hook tools answered.

    Everything happens in the caller's thread: calls of hook tools are answered one at a time, as
    in Juju, and no thread is left over.
    """

    def __init__(
        self, context: Context, address: Path, line: Line, record: Path, *, entered: bool = False
    ) -> None:
        self._context = context
        self._address = address
        self._line = line
        self._record = record
        # Then our own child only enters a machine; the charm's process is the child of that.
        self._entered = entered
        self._selector = selectors.DefaultSelector()
        self._output = {"stdout": bytearray(), "stderr": bytearray()}
        self._logged = {"stdout": 0, "stderr": 0}
        self._open: set[str] = set()
        self._over = False
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = threading.Event()

    def __call__(self, argv: tuple[str, ...], environment: Mapping[str, str], cwd: Path) -> Ended:
        """Runs `argv` to its end."""
        with ExitStack() as stack:
            stack.enter_context(self._selector)
            self._listen(stack)
            process = self._start(argv, environment, cwd)
            stack.callback(self._close, process)
            self._pump()
            return Ended(process.wait(), *(bytes(self._output[s]) for s in self._output))

    def kill(self) -> None:
        """Ends the process, and only it, as Juju does."""
        self._killed.set()
        process = self._process
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                self._kill(process)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        inner = processes.children(process.pid) if self._entered else []
        for pid in inner or [process.pid]:
            os.kill(pid, signal.SIGKILL)

    # -- starting and ending -------------------------------------------------------------------

    def _listen(self, stack: ExitStack) -> None:
        self._address.unlink(missing_ok=True)
        listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        # By its directory: a machine's path is longer than a socket's may be.
        directory = os.open(self._address.parent, os.O_PATH | os.O_DIRECTORY)
        stack.callback(os.close, directory)
        listener.bind(f"/proc/self/fd/{directory}/{self._address.name}")
        self._address.chmod(0o600)
        stack.callback(self._address.unlink, missing_ok=True)
        listener.listen(64)
        self._selector.register(
            listener, selectors.EVENT_READ, lambda: self._accept(listener, stack)
        )

    def _start(
        self, argv: tuple[str, ...], environment: Mapping[str, str], cwd: Path
    ) -> subprocess.Popen[bytes]:
        # A session of its own tells, after our own death, what the hook itself left running from
        # the services it started, which have sessions of theirs. That of the run before would
        # tell of nothing, should we die before this one is written down.
        self._record.unlink(missing_ok=True)
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        # It stays after the end: until the commit, a later daemon may have to clear up after us.
        self._record.write_text(f"{process.pid}\n")
        self._process = process
        if self._killed.is_set():
            self._kill(process)
        self._selector.register(os.pidfd_open(process.pid), selectors.EVENT_READ, self._exited)
        for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._open.add(name)
            self._selector.register(pipe, selectors.EVENT_READ, self._reader(name, pipe.fileno()))
        return process

    def _close(self, process: subprocess.Popen[bytes]) -> None:
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, int):
                os.close(key.fileobj)
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()

    # -- the loop ------------------------------------------------------------------------------

    def _pump(self) -> None:
        while not self._over:
            self._turn(None)
        deadline = time.monotonic() + _DRAIN_SECONDS
        while self._open and (left := deadline - time.monotonic()) > 0:
            self._turn(left)
        for name in self._output:
            self._log_lines(name, last=True)

    def _turn(self, timeout: float | None) -> None:
        for key, _ in self._selector.select(timeout):
            key.data()

    def _exited(self) -> None:
        self._over = True

    def _reader(self, name: str, descriptor: int) -> Callable[[], None]:
        def read() -> None:
            with suppress(BlockingIOError):
                chunk = os.read(descriptor, 65536)
                if not chunk:
                    self._selector.unregister(descriptor)
                    self._open.discard(name)
                self._output[name] += chunk
                self._log_lines(name, last=False)

        return read

    def _log_lines(self, name: str, *, last: bool) -> None:
        output = self._output[name]
        while (start := self._logged[name]) < len(output):
            end = output.find(b"\n", start, start + _LINE_BYTES)
            if end < 0 and not last and len(output) - start < _LINE_BYTES:
                return
            stop = min(start + _LINE_BYTES, len(output)) if end < 0 else end
            self._line(name, output[start:stop].decode(errors="replace"))
            self._logged[name] = stop + (end >= 0)

    # -- hook tools ----------------------------------------------------------------------------

    def _accept(self, listener: socket.socket, stack: ExitStack) -> None:
        connection, _ = listener.accept()
        stack.callback(connection.close)
        connection.settimeout(_CALLER_SECONDS)
        buffer = bytearray()
        self._selector.register(
            connection, selectors.EVENT_READ, lambda: self._receive(connection, buffer)
        )

    def _receive(self, connection: socket.socket, buffer: bytearray) -> None:
        try:
            chunk = connection.recv(65536)
            buffer += chunk
            request = wire.take(bytes(buffer))
            if request is None and chunk:
                return
            if request is not None:
                connection.sendall(self._answer(request))
        except (OSError, ValueError):
            # A caller that has gone, or never was one of our tools.
            pass
        self._selector.unregister(connection)
        connection.close()

    def _answer(self, request: wire.Request) -> bytes:
        if request.context_id != self._context.id:
            return wire.answered(Answer(1, stderr=b"ERROR bad request: wrong context ID\n"))
        try:
            return wire.answered(
                serve(self._context, request.argv, Path(request.cwd), request.stdin)
            )
        except NeedsStdin:
            return wire.NEEDS_STDIN
        except Exception as error:
            _LOG.exception("hook tool %s failed", request.argv[:1])
            return wire.answered(Answer(1, stderr=f"ERROR {error}\n".encode()))
