# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A unit's `run.socket`: through it `juju-exec` on a booted machine reaches this engine.

It is for root of that machine, and good for that one unit only.
"""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onebox.errors import OneboxError
from onebox.flags import UsageError
from onebox.juju_exec import Wish, understand

_LOG = logging.getLogger(__name__)
_ASKING_SECONDS = 10.0

Answer = dict[str, Any]


class Door(threading.Thread):
    """Listens for one unit, a thread for each caller: calls wait for the unit's hooks."""

    def __init__(self, path: Path, unit: str, run: Callable[[Wish], Answer]) -> None:
        super().__init__(name=f"door:{unit}", daemon=True)
        self._unit = unit
        self._answer = run
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)
        directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            self._listener.bind(f"/proc/self/fd/{directory}/{path.name}")
        finally:
            os.close(directory)
        path.chmod(0o600)
        self._listener.listen(16)

    def run(self) -> None:
        """Lets callers in until the door is closed."""
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def close(self) -> None:
        """Lets nobody in any more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, caller: socket.socket) -> None:
        with caller:
            try:
                caller.settimeout(_ASKING_SECONDS)
                with caller.makefile("rb") as file:
                    asked = json.loads(file.readline())
                caller.sendall(json.dumps(self._answered(asked)).encode())
            except (OSError, ValueError, TypeError, AttributeError) as error:
                _LOG.warning("juju-exec of %s: %s", self._unit, error)

    def _answered(self, asked: dict[str, Any]) -> Answer:
        try:
            wish = understand([str(word) for word in asked["arguments"]], str(asked["unit"]))
            if wish.unit != self._unit:
                raise UsageError(f"this socket is for {self._unit}, not for {wish.unit}")
            return self._answer(wish)
        except UsageError as error:
            return {"code": 2, "stderr": f"ERROR {error}\n"}
        except OneboxError as error:
            return {"code": 1, "stderr": f"ERROR {error.message}\n"}
