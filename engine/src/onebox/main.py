# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The two programs: `juju` and `onebox`."""

import contextlib
import itertools
import os
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from onebox import commands, console, flags, focus
from onebox.commands import _beyond
from onebox.errors import OneboxError

# What may also stand before the command's name.
_BEFORE = {name for flag in console.GLOBAL for name in flag.names}
# The values of `--format` that programs read.
_MACHINE = ("json", "yaml")


def juju() -> None:
    """Run one `juju` command and end with its exit code."""
    sys.exit(_guarded(run, sys.argv[1:]))


def onebox() -> None:
    """Run one `onebox` command: control of the engine itself."""
    from onebox import control

    sys.exit(_guarded(control.run, sys.argv[1:]))


def _guarded(program: Any, argv: Sequence[str]) -> int:
    try:
        return program(argv)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader left, as in `juju status | head`; Python must not complain at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def run(argv: Sequence[str]) -> int:
    """What `juju *argv` does; the exit code."""
    before = list(itertools.takewhile(_for_all, argv))
    argv = argv[len(before) :]
    name, rest = (argv[0], [*before, *argv[1:]]) if argv else ("help", [])
    if name in ("--help", "-h"):
        name = "help"
    elif name == "--version":
        name = "version"
    command = commands.find(name)
    if command is None:
        return _unknown(name, rest)
    return execute(command, rest)


def _for_all(word: str) -> bool:
    """Whether a word before the command's name is an option that every command takes."""
    return word.startswith("-") and word.partition("=")[0].lstrip("-") in _BEFORE


def execute(command: ModuleType, argv: Sequence[str]) -> int:
    """Parse and run; errors become Juju's texts and exit codes."""
    known = (*commands.flags_of(command), *console.GLOBAL)
    try:
        args = flags.parse(argv, known, getattr(command, "INTERSPERSED", True))
    except flags.HelpRequested:
        console.show(commands.help_of(command))
        return 0
    except flags.UsageError as error:
        console.error(str(error))
        return 2
    console.begin(quiet=args[console.QUIET])
    with _output(args):
        return _run(command, args)


def _run(command: ModuleType, args: flags.Parsed) -> int:
    from onebox.client import Client
    from onebox.commands._call import Call

    try:
        focus.check_controller(args)
        commands.takes_of(command).check(args.args)
        return command.run(Call(Client(), args)) or 0
    except flags.UsageError as error:
        console.error(str(error))
        return 2
    except OneboxError as error:
        if _machine_format(command, args) and not console.has_shown():
            console.show("{}\n")
        console.error(error.message)
        return 1
    except BrokenPipeError:
        raise
    except OSError as error:
        console.error(f"cannot reach the engine: {error}; see onebox status")
        return 1


def _machine_format(command: ModuleType, args: flags.Parsed) -> bool:
    """Whether a program reads the output: then even a failure prints a document."""
    return any(f.names == ("format",) and args[f] in _MACHINE for f in commands.flags_of(command))


@contextlib.contextmanager
def _output(args: flags.Parsed) -> Generator[None]:
    target = args[console.OUTPUT]
    if not target:
        yield
        return
    with Path(target).open("w") as file, contextlib.redirect_stdout(file):
        yield


def _unknown(name: str, rest: Sequence[str]) -> int:
    import shutil

    if plugin := shutil.which(f"juju-{name}"):
        os.execv(plugin, [plugin, *rest])  # noqa: S606 - a plugin takes our place, as in Juju
    if reason := _beyond.reason(name):
        console.error(f'"juju {name}" is not for one machine: {reason}')
        return 1
    console.error(commands.unknown(name))
    return 1
