# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One supervisord process: found by its socket, started when it is not there."""

import contextlib
import http.client
import importlib.util
import os
import resource
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.host.paths import UnitPaths
from dataops.host.processes import identify
from dataops.host.services import _environment, _orphans
from dataops.host.services._service import ServiceError

_MOST_FILES = 65536
_PATIENCE = 20.0
_SHUTTING_DOWN = 6  # supervisor.xmlrpc.Faults.SHUTDOWN_STATE
_MARKER = "DATAOPS_CONTROL"
_CONFIGURATION = """\
; Written by the charm.
[unix_http_server]
; The working directory is this file's: its own path may be too long for a socket.
file = /proc/self/cwd/socket
chmod = 0700

[supervisord]
logfile = {control}/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {control}/supervisord.pid
childlogdir = {control}
directory = {control}
identifier = {identifier}
minfds = {files}
umask = 027

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files = enabled/*.conf
"""


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket, however long its path is."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        directory = os.open(self._path.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            self.sock.connect(f"/proc/self/fd/{directory}/{self._path.name}")
        finally:
            os.close(directory)


class _SocketTransport(xmlrpc.client.Transport):
    """XML-RPC over a Unix socket: importing supervisor's own would double a hook's start."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._connection: tuple[Any, http.client.HTTPConnection | None] = (None, None)

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        # One connection for all calls; the base class closes it.
        if self._connection[1] is None:
            self._connection = (host, _SocketConnection(self._path))
        connection = self._connection[1]
        assert connection
        return connection


class Supervisord:
    """The supervisor of one unit."""

    def __init__(self, paths: UnitPaths) -> None:
        self._paths = paths

    @property
    def enabled(self) -> Path:
        """The directory of the programs that it is to run."""
        return self._paths.control / "enabled"

    @contextlib.contextmanager
    def connect(self) -> Generator[Any]:
        """The ``supervisor`` namespace of its XML-RPC interface.

        Raises:
            OSError: when nobody listens.
        """
        transport = _SocketTransport(self._socket)
        try:
            proxy: Any = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
            yield proxy.supervisor
        finally:
            transport.close()

    def alive(self) -> bool:
        """Whether it is there, be it on its way out."""
        try:
            with self.connect() as supervisor:
                supervisor.getState()
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != _SHUTTING_DOWN:
                raise
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except ConnectionError:  # it ends right now
            return True
        return True

    def ensure_running(self) -> bool:
        """Whether it had to be started; it then starts all that is enabled."""
        if self.alive():
            return False
        # A supervisor that was killed takes its processes along, but not what those started.
        _orphans.end(self._marker)
        ensure_absent(self._socket)
        self._start()
        return True

    def shut_down(self) -> None:
        """End it and all its processes."""
        if self.alive():
            process = None
            with self.connect() as supervisor, contextlib.suppress(xmlrpc.client.Fault):
                process = identify(supervisor.getPID())
                wait_until_executed(supervisor)
                supervisor.stopAllProcesses()
                supervisor.shutdown()
            # It closes its socket before it ends.
            _await(lambda: not self.alive() and not (process and process.alive))
        _orphans.end(self._marker)

    @property
    def _socket(self) -> Path:
        return self._paths.control / "socket"

    @property
    def _marker(self) -> str:
        return f"{_MARKER}={self._paths.control}"

    def _start(self) -> None:
        configuration = self._configure()
        output = self._paths.control / "supervisord.out"
        # It leaves this process's session and group by itself, and goes on in the background.
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)]
        with output.open("wb") as file:
            code = subprocess.run(
                command,
                env=self._environment(),
                cwd=self._paths.control,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                check=False,
            ).returncode
        if code or not _await(self.alive):
            raise ServiceError(f"Cannot start supervisord: {output.read_text().strip()[-500:]}")

    def _configure(self) -> Path:
        control = self._paths.control
        ensure_directory(self.enabled, mode=0o700)
        text = _CONFIGURATION.format(
            control=_escaped(control),
            identifier=_escaped(control.parent.parent.name),
            files=min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], _MOST_FILES),
        )
        path = control / "supervisord.conf"
        ensure_contents(path, text, mode=0o600)
        return path

    def _environment(self) -> dict[str, str]:
        found = importlib.util.find_spec("supervisor")
        assert found and found.origin
        marker = {_MARKER: str(self._paths.control)}
        place = {"PYTHONPATH": str(Path(found.origin).parent.parent)}
        return _environment.base(self._paths) | marker | place


def _await(reached: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _escaped(path: Path | str) -> str:
    return os.fspath(path).replace("%", "%%")


def wait_until_executed(supervisor: Any) -> None:
    """Wait until each process has executed its script.

    Before that it is a copy of the supervisor, which swallows a request to end.
    """
    deadline = time.monotonic() + _PATIENCE
    for info in supervisor.getAllProcessInfo():
        while info["pid"] and _is_copy(info["pid"]) and time.monotonic() < deadline:
            time.sleep(0.005)


def _is_copy(pid: int) -> bool:
    try:
        return b"supervisor.supervisord" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
