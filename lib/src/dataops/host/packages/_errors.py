# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with packages, and how their tools are run."""

import logging
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_KINDS = ("http", "https", "no")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# How apt, dpkg, pip and Maven begin the lines that say what is wrong.
_COMPLAINT = re.compile(r"\W*(E|ERROR|error|dpkg: error)\b")
_LONGEST = 600

logger = logging.getLogger(__name__)


class PackageError(Exception):
    """Something cannot be installed; the operator can act on the message."""


def run(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    cwd: Path | None = None,
) -> str:
    """What the command prints.

    Args:
        command: program and arguments.
        environment: variables to add to ours.
        cwd: where it runs; here, without.

    Raises:
        PackageError: with what a command that failed complains of; the log has the command.
    """
    # The hook's PYTHONPATH is the charm's: no other program may see it.
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**inherited, **_proxies(), **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise PackageError(f"Cannot find {command[0]}: install it") from error
    if done.returncode:
        logger.warning("Failed (%d): %s", done.returncode, " ".join(command))
        words = _complaint(done.stderr, done.stdout)
        raise PackageError(f"{_called(command)} failed ({done.returncode}): {words}")
    return done.stdout


def _complaint(errors: str, output: str) -> str:
    """What a program complains of, as one line, since it becomes a status.

    The lines that begin as errors do, wherever it prints them, the first of them first: what
    Maven says after them is how to ask it for help. Without any, its last words.
    """
    said = _lines(errors) or _lines(output)
    wrong = [line for line in _lines(errors) + _lines(output) if _COMPLAINT.match(line)]
    return " / ".join(wrong)[:_LONGEST] or " / ".join(said)[-_LONGEST:]


def _lines(said: str) -> list[str]:
    return [line.strip() for line in _COLOUR.sub("", said).splitlines() if line.strip()]


def _called(command: Sequence[str]) -> str:
    """The name that people have for the program: pip, not the Python that runs it."""
    if "-m" in command[:-1]:
        return command[command.index("-m") + 1]
    return Path(command[0]).name


def proxies() -> dict[str, str]:
    """The proxies that the model names, by kind (``http``, ``https``, ``no``); none is usual.

    Juju tells charms of them in words of its own, which no program knows.
    """
    told = {kind: os.environ.get(f"JUJU_CHARM_{kind.upper()}_PROXY", "") for kind in _KINDS}
    found = {kind: value for kind, value in told.items() if value}
    # Juju always names what needs none.
    return found if found.keys() & {"http", "https"} else {}


def _proxies() -> dict[str, str]:
    names = {f"{kind}_proxy": value for kind, value in proxies().items()}
    return {**names, **{name.upper(): value for name, value in names.items()}}
