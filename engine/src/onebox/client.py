# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The client's side: one request per connection, and a daemon that starts when it is needed."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from io import BufferedIOBase
from typing import Any

from onebox import protocol
from onebox.errors import Refused, Unreachable
from onebox.home import Home

START_SECONDS = 60.0


class Client:
    """Asks the daemon of `home`; starts it when nobody listens.

    Args:
        home: where its files are.
        background: whether no person asks: an engine that its user has stopped stays so.
    """

    def __init__(self, home: Home | None = None, *, background: bool = False) -> None:
        self.home = home or Home.default()
        self._background = background

    def call(self, method: str, **params: Any) -> Any:
        """The answer to `method`; raises Refused with the daemon's message."""
        while True:
            try:
                with self._asked(method, params) as stream:
                    return protocol.result(stream)
            except Refused as error:  # noqa: PERF203 - it tries again only after a pause
                _wait_or_raise(error)

    def stream(self, method: str, **params: Any) -> Iterator[Any]:
        """The items of a streamed answer, one by one as they come."""
        while True:
            try:
                with self._asked(method, params) as stream:
                    yield from protocol.items(stream)
                    return
            except Refused as error:  # noqa: PERF203 - it tries again only after a pause
                _wait_or_raise(error)

    def running(self) -> bool:
        """Whether a daemon listens; starts none."""
        try:
            self._connect().close()
        except OSError:
            return False
        return True

    @contextlib.contextmanager
    def _asked(self, method: str, params: dict[str, Any]) -> Generator[BufferedIOBase]:
        connection = self._connect_or_start()
        try:
            with connection.makefile("rwb") as stream:
                stream.write(protocol.request(method, params))
                stream.flush()
                yield stream
        finally:
            connection.close()

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(os.fspath(self.home.socket))
        except OSError:
            connection.close()
            raise
        return connection

    def _connect_or_start(self) -> socket.socket:
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return self._connect()
        if self._background and self.home.stopped.exists():
            raise Unreachable("the engine was stopped; it starts with: onebox start")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            # Again each time: another daemon may hold the place but be about to leave.
            self._start()
            for _ in range(25):
                with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                    return self._connect()
                time.sleep(0.02)
        raise Unreachable(
            f"the engine does not start within {START_SECONDS:.0f} s; see {self.home.daemon_log}"
        )

    def _start(self) -> None:
        """Starts a daemon; two clients may do so at once, the second daemon ends by itself."""
        self.home.prepare()
        command = [sys.executable, "-m", "onebox.daemon", os.fspath(self.home.root)]
        with self.home.daemon_log.open("ab") as log:
            # Not where the user stands: a file there could pass for one of Python's modules.
            started = subprocess.run(
                command,
                cwd=self.home.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )
        if started.returncode:
            with contextlib.suppress(FileNotFoundError):
                raise Unreachable(self.home.refusal.read_text())
            raise Unreachable(f"the engine cannot start; see {self.home.daemon_log}")


def _wait_or_raise(error: Refused) -> None:
    """Only a daemon that was about to end and did not look at a request may be asked again."""
    if error.code != protocol.STOPPING:
        raise error
    time.sleep(0.1)
