# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a command writes: data to stdout, talk to stderr."""

import os
import sys

from onebox.errors import Refused
from onebox.flags import Parsed, option, switch

OUTPUT = option("o", "output", help="Specify an output file")
COLOUR = switch("color", help="Use ANSI color codes in output")
NO_COLOUR = switch("no-color", help="Disable ANSI color codes in output")
UTC = switch("utc", help="Display timestamps in the UTC timezone")
COLOURED = (OUTPUT, COLOUR, NO_COLOUR)
DATED = (*COLOURED, UTC)
QUIET = switch("q", "quiet", help="Show no informational output")
VERBOSE = switch("v", "verbose", help="Show more verbose output")

# Accepted by every command, as Juju does; those of the log are without effect.
GLOBAL = (
    QUIET,
    VERBOSE,
    switch("debug", help="Equivalent to --show-log --logging-config=<root>=DEBUG"),
    switch("show-log", help="If set, write the log file to stderr"),
    option("logging-config", help="Specify log levels for modules"),
)


class _State:
    quiet = False
    shown = False


def begin(*, quiet: bool) -> None:
    """Nothing is shown yet; `quiet` keeps `tell` silent, as `--quiet` asks."""
    _State.quiet, _State.shown = quiet, False


def has_shown() -> bool:
    """Whether any data went to stdout."""
    return _State.shown


def show(text: str) -> None:
    """Write data."""
    if text:
        _State.shown = True
        sys.stdout.write(text)
        sys.stdout.flush()


def tell(text: str = "", end: str = "\n") -> None:
    """Write a line of talk, unless `--quiet`."""
    if not _State.quiet:
        sys.stderr.write(text + end)
        sys.stderr.flush()


def error(message: str) -> None:
    """Write `ERROR message`, the word in bright red on a terminal."""
    word = "\x1b[1;31mERROR\x1b[0m" if _coloured(sys.stderr.isatty()) else "ERROR"
    sys.stderr.write(f"{word} {message}\n")


def warn(message: str) -> None:
    """Write `WARNING message`."""
    sys.stderr.write(f"WARNING {message}\n")


def _coloured(tty: bool) -> bool:
    return tty and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def colour(args: Parsed) -> bool:
    """Whether data is coloured: on a terminal, unless a flag or the environment decides."""
    if args[COLOUR] or args[NO_COLOUR]:
        return not args[NO_COLOUR]
    return _coloured(sys.stdout.isatty()) and not args[OUTPUT]


def confirmed(question: str) -> bool:
    """Whether the person at the terminal says yes; the end of input says no."""
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def confirm(what: str) -> None:
    """Ask `Continue [y/N]?`; Refused with `<what>: aborted` on anything but yes."""
    if not confirmed("\nContinue [y/N]? "):
        raise Refused(f"{what}: aborted")
