# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with packages, and how their tools are run."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_KINDS = ("http", "https", "no")


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
        PackageError: with the last words of a command that failed.
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
        lines = (done.stderr.strip() or done.stdout.strip())[-600:].splitlines()
        # It becomes a status, which is one line.
        words = " / ".join(line.strip() for line in lines if line.strip())
        raise PackageError(f"`{' '.join(command)}` failed ({done.returncode}): {words}")
    return done.stdout


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
