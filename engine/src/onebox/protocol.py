# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The bytes between a command and the daemon: one JSON line in, JSON lines out.

A request is `{"method": ..., "params": {...}}`. An answer is one line `{"result": ...}` or
`{"error": {"message", "code"}}`; a stream is any number of `{"item": ...}` lines before it.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from io import BufferedIOBase
from typing import Any

from onebox.errors import Internal, OneboxError, Refused

# The code of an answer that was none: the daemon was about to end, the request was not looked at.
STOPPING = "stopping"


def _plain(value: object) -> object:
    """Times as ISO text: the one thing in an answer that JSON has no word for."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot travel as JSON")


def encode(message: dict[str, Any]) -> bytes:
    """One line of JSON."""
    return json.dumps(message, separators=(",", ":"), default=_plain).encode() + b"\n"


def request(method: str, params: dict[str, Any]) -> bytes:
    """The line that asks for `method`."""
    return encode({"method": method, "params": params})


def read_request(stream: BufferedIOBase) -> tuple[str, dict[str, Any]] | None:
    """The next request on `stream`; None at its end."""
    line = stream.readline()
    if not line:
        return None
    message = json.loads(line)
    return message["method"], message.get("params", {})


def failure(error: Exception) -> bytes:
    """The line that reports `error`."""
    if isinstance(error, OneboxError):
        return encode({"error": {"message": error.message, "code": error.code}})
    return encode({"error": {"message": f"{type(error).__name__}: {error}", "code": "internal"}})


def items(stream: BufferedIOBase) -> Iterator[Any]:
    """The items of a streamed answer; raises what the daemon refused with."""
    for line in stream:
        message = json.loads(line)
        if "item" in message:
            yield message["item"]
            continue
        _raise(message)
        return


def result(stream: BufferedIOBase) -> Any:
    """The result of one answer; raises what the daemon refused with."""
    line = stream.readline()
    if not line:
        raise Internal("the engine closed the connection without an answer; see its daemon.log")
    message = json.loads(line)
    _raise(message)
    return message.get("result")


def _raise(message: dict[str, Any]) -> None:
    error = message.get("error")
    if error is None:
        return
    kind = Internal if error["code"] == "internal" else Refused
    raise kind(error["message"], error["code"])
