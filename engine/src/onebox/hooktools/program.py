# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The programs on a unit's PATH: every hook tool is a link to one tiny client, and juju-exec.

A hook starts a dozen tools, so the client's start is most of what a hook costs. With a C compiler
at hand it is compiled once (a millisecond each); else it is the same thing in Python with built-in
modules only (ten). Both are in `client/` and speak `wire`.
"""

import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from onebox.home import Home
from onebox.hooktools.tool import TOOLS

SOURCES = Path(__file__).parent / "client"
CLIENT = "hooktool"

_COMPILING = threading.Lock()


def install(tools: Path, home: Home, model: str, unit: str) -> None:
    """Fill a unit's tools directory; what is right already stays as it is.

    Args:
        tools: the directory that goes in front of the unit's PATH.
        home: where juju-exec finds the daemon.
        model: the unit's model.
        unit: the unit.
    """
    tools.mkdir(parents=True, exist_ok=True)
    _put(tools / CLIENT, client())
    for name in TOOLS:
        _link(tools / name)
    _put(tools / "juju-exec", juju_exec(home, model, unit))


def install_inside(tools: Path, programs: Path) -> None:
    """The same on a machine that boots, where this engine's own Python is not.

    Args:
        tools: the directory that goes in front of the unit's PATH.
        programs: the machine's `/usr/bin`, where everybody looks for juju-exec.
    """
    tools.mkdir(parents=True, exist_ok=True)
    _put(tools / CLIENT, client())
    for name in TOOLS:
        _link(tools / name)
    script = (SOURCES / "juju_exec.py").read_bytes()
    _put(tools / "juju-exec", script)
    _put(programs / "juju-exec", script)


def client() -> bytes:
    """The client: compiled, or the Python one where that fails."""
    # Many units may start at once; one of them compiles.
    with _COMPILING:
        return _client()


@functools.cache
def _client() -> bytes:
    return compiled() or interpreted()


def compiled() -> bytes | None:
    """The C client as an executable; None without a compiler that can make one."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory(prefix="onebox-") as directory:
        target = Path(directory) / CLIENT
        source = SOURCES / f"{CLIENT}.c"
        built = subprocess.run(
            [compiler, "-O2", "-s", "-o", target, source], capture_output=True, check=False
        )
        return target.read_bytes() if built.returncode == 0 and _runs(target) else None


def _runs(program: Path) -> bool:
    """Whether the program starts at all: a compiler may build for another machine."""
    try:
        ended = subprocess.run([program], env={}, capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 1 and b"JUJU_CONTEXT_ID not set" in ended.stderr


def interpreted() -> bytes:
    """The Python client behind the path of a real interpreter."""
    # -I and -S leave out the environment and site-packages, and with them most of the start.
    shebang = f"#!{interpreter()} -IS\n"
    return shebang.encode() + (SOURCES / f"{CLIENT}.py").read_bytes()


def interpreter() -> str:
    """A Python that no version manager's shim stands in front of."""
    system = "/usr/bin/python3"
    return system if os.access(system, os.X_OK) else os.path.realpath(sys.executable)


def juju_exec(home: Home, model: str, unit: str) -> bytes:
    """The script `juju-exec` of one unit; it runs in the engine's own environment."""
    words = [sys.executable, "-I", "-m", "onebox.juju_exec", str(home.root), model, unit]
    return f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n'.encode()


def _put(path: Path, content: bytes) -> None:
    """The file with that content, executable; replaced whole, for it may be running."""
    if path.is_file() and path.read_bytes() == content:
        return
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.chmod(0o755)
    fresh.replace(path)


def _link(path: Path) -> None:
    """A link to the client; relative, so the directory may move."""
    if path.is_symlink() and path.readlink() == Path(CLIENT):
        return
    path.unlink(missing_ok=True)
    path.symlink_to(CLIENT)
