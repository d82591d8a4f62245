# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
r"""The bytes between a hook tool and its unit's socket: one request and one answer a connection.

    request   <length of head> <length of stdin, or -1 when it was not read>\n head stdin
    head      context id, working directory, tool, arguments, each ended by a zero byte
    answer    <exit code> <length of stdout> <length of stderr>\n stdout stderr

An answer with the exit code -1 asks for standard input: the client reads all of it and calls
again. The format is so plain because a client must start in a millisecond; there are two, see
`program`.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from onebox.hooktools.tool import Answer

NEEDS_STDIN = b"-1 0 0\n"

# A first line longer than this is not ours.
_LINE = 64


class MalformedError(ValueError):
    """The bytes are no request."""


@dataclass(frozen=True)
class Request:
    """One call of a hook tool as it came over the socket; `stdin` None was not read."""

    context_id: str
    cwd: Path
    argv: tuple[str, ...]
    stdin: bytes | None


def take(buffer: bytes) -> Request | None:
    """The request in `buffer`, or None while it is incomplete; MalformedError when it is none."""
    line, newline, rest = buffer.partition(b"\n")
    if not newline and len(line) < _LINE:
        return None
    head, stdin = _lengths(line)
    if len(rest) < head + max(stdin, 0):
        return None
    fields = [os.fsdecode(field) for field in rest[:head].split(b"\0")[:-1]]
    if len(fields) < 3:
        raise MalformedError("a request names its context, directory and tool")
    context_id, cwd, *argv = fields
    fed = None if stdin < 0 else rest[head : head + stdin]
    return Request(context_id, Path(cwd), tuple(argv), fed)


def _lengths(line: bytes) -> tuple[int, int]:
    try:
        head, stdin = map(int, line.split(b" "))
    except ValueError:
        raise MalformedError("a request starts with two lengths") from None
    return head, stdin


def answered(answer: Answer) -> bytes:
    """The bytes of an answer."""
    head = f"{answer.code} {len(answer.stdout)} {len(answer.stderr)}\n"
    return head.encode() + answer.stdout + answer.stderr
