# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The engine's daemon: started by the first command that needs it, one per root directory."""

from __future__ import annotations

import fcntl
import gc
import inspect
import logging
import os
import select
import signal
import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, cast

from onebox import protocol
from onebox.agents import Agents
from onebox.api import METHODS
from onebox.engine import Engine
from onebox.errors import OneboxError, Refused
from onebox.home import Home

_LOG = logging.getLogger(__name__)

# A thread per unit and per request: small stacks are enough for them.
_STACK_BYTES = 1024 * 1024
_CLOSE_SECONDS = 5.0
_LOG_BYTES = 4 * 1024 * 1024


class _Handler(socketserver.StreamRequestHandler):
    """One connection: one request and its answer."""

    def handle(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self._handle()

    def _handle(self) -> None:
        try:
            asked = protocol.read_request(self.rfile)
            if asked is None:
                return
            self._answer(*asked)
        except (BrokenPipeError, ConnectionResetError):
            raise
        except Exception as error:
            if not isinstance(error, Refused):
                _LOG.exception("request failed")
            self.wfile.write(protocol.failure(error))

    def _answer(self, method: str, params: dict[str, Any]) -> None:
        if method == "shutdown":
            self.wfile.write(protocol.encode({"result": os.getpid()}))
            self._server.stop()
            return
        result = call(self._server.agents, method, params)
        if isinstance(result, Iterator):
            for item in cast("Iterator[Any]", result):
                if item is not None:
                    self.wfile.write(protocol.encode({"item": item}))
                elif self._hung_up():
                    return
            result = None
        self.wfile.write(protocol.encode({"result": result}))

    @property
    def _server(self) -> Server:
        assert isinstance(self.server, Server)
        return self.server

    def _hung_up(self) -> bool:
        connection: socket.socket = self.connection
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and not connection.recv(1, socket.MSG_PEEK)


class Server(socketserver.ThreadingUnixStreamServer):
    """Answers requests until it is told to stop."""

    # Whoever was let in is answered before the daemon ends.
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, agents: Agents) -> None:
        self.agents = agents
        path = agents.engine.home.socket
        # We hold the lock: whatever lies there was left by a daemon that was killed.
        path.unlink(missing_ok=True)
        super().__init__(os.fspath(path), _Handler, bind_and_activate=False)
        self.server_bind()
        path.chmod(0o600)
        self.server_activate()

    def stop(self) -> None:
        """Ends `serve_forever` soon; may be called from anywhere."""
        threading.Thread(target=self.shutdown, daemon=True).start()

    def turn_away(self) -> None:
        """Tells those who wait at the door to ask the next daemon."""
        while select.select([self.socket], [], [], 0)[0]:
            self.handle_request()

    def close(self) -> None:
        """Waits for requests that are being answered, but not for a client that does not read."""
        closing = threading.Thread(target=self.server_close, daemon=True)
        closing.start()
        closing.join(_CLOSE_SECONDS)


def call(agents: Agents, method: str, params: dict[str, Any]) -> Any:
    """The answer to one request; Refused when there is no such method or parameter."""
    if agents.engine.stopping.is_set():
        raise Refused("the engine is stopping; ask again", protocol.STOPPING)
    function = METHODS.get(method)
    if function is None:
        raise Refused(f'unknown method "{method}"', "not-found")
    try:
        inspect.signature(function).bind(agents, **params)
    except TypeError as error:
        raise Refused(f"{method}: {error}", "bad-request") from None
    return function(agents, **params)


def serve(engine: Engine) -> None:
    """Runs the daemon in this process until SIGTERM, SIGINT or `shutdown`."""
    home = engine.home
    agents = Agents(engine)
    agents.start()
    server = Server(agents)

    def stop(number: int, frame: object) -> None:
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    # What was loaded lives as long as we do: the collector need not look at it again and again.
    gc.freeze()
    _LOG.info("pid %d serves %s", os.getpid(), home.root)
    try:
        server.serve_forever(poll_interval=0.5)
    finally:
        home.socket.unlink(missing_ok=True)
        engine.stopping.set()
        server.turn_away()
        agents.stop()
        server.close()
        engine.store.close()
        _LOG.info("pid %d ends", os.getpid())


def start(home: Home) -> None:
    """Becomes a daemon; returns in the caller's process once the daemon listens."""
    home.prepare()
    ready, told = os.pipe()
    if os.fork():
        os.close(told)
        # End of file without a word: the daemon could not start. Its log says why.
        raise SystemExit(0 if os.read(ready, 1) else 1)
    os.close(ready)
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")
    os.umask(0o022)
    _run(home, told)


def _run(home: Home, told: int) -> None:
    lock = os.open(home.pid_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # Another command has started one at the same moment: that one will do.
        os.write(told, b"+")
        os._exit(0)
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    log = RotatingFileHandler(home.daemon_log, maxBytes=_LOG_BYTES, backupCount=1)
    logging.basicConfig(
        handlers=[log], level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    threading.stack_size(_STACK_BYTES)
    home.refusal.unlink(missing_ok=True)
    home.stopped.unlink(missing_ok=True)
    try:
        engine = Engine(home)
    except OneboxError as error:
        # For the client, which has asked for us and waits for the end of the pipe.
        home.refusal.write_text(error.message)
        _LOG.error("%s", error.message)
        os._exit(1)
    os.write(told, b"+")
    os.close(told)
    try:
        serve(engine)
    except BaseException:
        _LOG.exception("the daemon fails")
        os._exit(1)
    # A thread that is stuck in a client which does not read must not keep us.
    os._exit(0)


if __name__ == "__main__":
    start(Home(Path(sys.argv[1])))
