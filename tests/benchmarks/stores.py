# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A fast S3 store of our own for benchmarks: versitygw over a directory, if it is at hand.

`go install github.com/versity/versitygw/cmd/versitygw@latest` makes it; it is found on PATH, or by
the variable VERSITYGW.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import pydantic

from dataops.objectstore import Target

_ADDRESS = "127.47.9.80"


class Running(NamedTuple):
    """A store that runs: where it is, and its process."""

    target: Target
    pid: int

    @property
    def cpu(self) -> float:
        """CPU seconds that it has taken."""
        return cpu_of(self.pid)


def cpu_of(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def versitygw(place: Path) -> Generator[Running | None]:
    """The store, keeping its objects below `place`; None without the program."""
    program = os.environ.get("VERSITYGW") or shutil.which("versitygw")
    if program is None:
        yield None
        return
    (place / "bucket").mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind((_ADDRESS, 0))
        port = probe.getsockname()[1]
    access, secret = secrets.token_hex(8), secrets.token_hex(16)
    environment = {**os.environ, "ROOT_ACCESS_KEY": access, "ROOT_SECRET_KEY": secret}
    process = subprocess.Popen(
        [program, "--port", f"{_ADDRESS}:{port}", "--quiet", "posix", str(place)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port)
        target = Target(
            kind="s3",
            bucket="bucket",
            endpoint=f"http://{_ADDRESS}:{port}",
            access_key=pydantic.SecretStr(access),
            secret_key=pydantic.SecretStr(secret),
        )
        yield Running(target, process.pid)
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection((_ADDRESS, port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("versitygw does not answer")
