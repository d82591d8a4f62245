# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every hook tool, as a charm starts it: it asks the engine and prints the answer.

Only built-in modules: a charm starts a dozen of these in every hook. It speaks `wire`, and is
the twin of hooktool.c for machines without a C compiler.
"""

# Ending without a clean-up of the interpreter saves a millisecond.
# pyright: reportPrivateUsage=false
import _socket
import posix
import sys

NEEDED = (b"JUJU_CONTEXT_ID", b"JUJU_AGENT_SOCKET_ADDRESS", b"JUJU_AGENT_SOCKET_NETWORK")


def fail(message: bytes) -> None:
    """Say what is wrong and end with code 1."""
    write(2, b"ERROR " + message + b"\n")
    posix._exit(1)


def write(fd: int, data: bytes) -> None:
    """All of the bytes, whatever a pipe takes at a time."""
    try:
        while data:
            data = data[posix.write(fd, data) :]
    except OSError:
        return


def read_stdin() -> bytes:
    """All of standard input."""
    parts: list[bytes] = []
    while part := posix.read(0, 65536):
        parts.append(part)
    return b"".join(parts)


def ask(address: bytes, head: bytes, stdin: bytes | None) -> bytes:
    """The whole answer to one request."""
    length = -1 if stdin is None else len(stdin)
    request = b"%d %d\n" % (len(head), length) + head + (stdin or b"")
    parts: list[bytes] = []
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(address)
        connection.sendall(request)
        while part := connection.recv(65536):
            parts.append(part)
    except OSError as error:
        fail(b"dial unix %s: %s" % (address, str(error).encode()))
    return b"".join(parts)


def main() -> None:
    """One call."""
    for name in NEEDED:
        if not posix.environ.get(name):
            fail(b"%s not set" % name)
    context, address = posix.environ[NEEDED[0]], posix.environ[NEEDED[1]]
    encode = sys.getfilesystemencoding(), "surrogateescape"
    argv = [word.encode(*encode) for word in sys.argv]
    argv[0] = argv[0].rpartition(b"/")[2]
    head = b"\0".join([context, posix.getcwdb(), *argv]) + b"\0"
    answer = ask(address, head, None)
    if answer.startswith(b"-1 "):
        answer = ask(address, head, read_stdin())
    line, newline, rest = answer.partition(b"\n")
    if not newline:
        fail(b"the engine closed the connection before it answered")
    code, out, err = map(int, line.split(b" "))
    write(1, rest[:out])
    write(2, rest[out : out + err])
    posix._exit(code)


main()
