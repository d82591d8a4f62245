# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows what units and the engine log; on a terminal, goes on as more comes.

Examples:
    juju debug-log
    juju debug-log --replay --include kafka/0 --level WARNING
    juju debug-log --limit 100
    juju debug-log --format json --include kafka --level WARNING
    juju debug-log --include-module unit.kafka/0.juju-log
"""

import sys
from collections import deque
from typing import Any

from onebox.commands._call import Call
from onebox.console import DATED, UTC, show
from onebox.flags import (
    Flag,
    UsageError,
    duration,
    option,
    output_format,
    quote,
    repeated,
    switch,
    takes,
)
from onebox.render.document import to_json
from onebox.render.log import LEVELS, Filter, Shape, log_line, log_record


def _count(*names: str, default: int = 0, help: str) -> Flag[int]:  # noqa: A002
    """A flag for a whole number that is not negative, in the words of this one command."""

    def read(_: int, text: str) -> int:
        if not text.isdecimal():
            raise ValueError(f"invalid value {quote(text)} for uint flag")
        return int(text)

    return Flag(names, default, read, help, True, str(default))


INCLUDE = repeated("i", "include", help="Only show log messages for these entities")
EXCLUDE = repeated("x", "exclude", help="Do not show log messages for these entities")
MODULE = repeated("include-module", help="Only show log messages for these logging modules")
NO_MODULE = repeated("exclude-module", help="Do not show log messages for these modules")
LABELS = repeated("include-labels", help="Only show log messages with these labels; none has")
NO_LABELS = repeated("exclude-labels", help="Do not show log messages with these labels; none has")
LEVEL = option("l", "level", help="Log level to show")
LINES = _count("n", "lines", default=10, help="Show this many of the most recent lines")
LIMIT = _count("limit", help="Show this many of the most recent logs and then exit")
REPLAY = switch("replay", help="Show the entire log and continue to append new ones")
TAIL = switch("tail", help="Show existing log messages and continue to append new ones")
NO_TAIL = switch("no-tail", help="Show existing log messages and then exit")
DATE = switch("date", help="Show dates as well as times")
MILLISECONDS = switch("ms", help="Show times to millisecond precision")
LOCATION = switch("location", help="Show filename and line numbers; ignored")
RETRY = switch("retry", help="Retry connection failure; ignored")
RETRY_DELAY = duration("retry-delay", default=1.0, help="Retry delay; ignored")

FORMAT = output_format(("text", "json"), "text")

_MOST = 10_000

# Which of them exclude each other.
_APART: tuple[tuple[Flag[Any], Flag[Any]], ...] = (
    (TAIL, NO_TAIL),
    (NO_TAIL, RETRY),
    (NO_TAIL, LINES),
    (TAIL, LIMIT),
    (LIMIT, LINES),
    (REPLAY, LINES),
)

FLAGS = (
    *(FORMAT, INCLUDE, EXCLUDE, MODULE, NO_MODULE, LABELS, NO_LABELS, LEVEL, LINES, LIMIT),
    *(REPLAY, TAIL, NO_TAIL, DATE, MILLISECONDS, LOCATION, RETRY, RETRY_DELAY, *DATED),
)
TAKES = takes(most=0)


def run(call: Call) -> None:
    """Print the lines there are, then perhaps those that come."""
    _check(call)
    wanted = Filter(_level(call), call[INCLUDE], call[EXCLUDE], call[MODULE], call[NO_MODULE])
    shape = Shape(call[DATE], call[MILLISECONDS], call[UTC], call.colour)

    def written(line: dict[str, Any]) -> str:
        as_json = call[FORMAT] == "json"
        return to_json(log_record(line)) if as_json else log_line(line, shape)

    position = 0
    backlog = deque[str](maxlen=_backlog(call))
    for line in call.stream("log", follow=False):
        position += 1
        # No line of this engine has a label.
        if not call[LABELS] and wanted.wants(line):
            backlog.append(written(line))
    show("".join(backlog))
    if _follows(call):
        for line in call.stream("log", follow=True, skip=position):
            if not call[LABELS] and wanted.wants(line):
                show(written(line))


def _check(call: Call) -> None:
    for one, other in _APART:
        if _means(call, one) and _means(call, other):
            raise UsageError(f"setting --{one.names[-1]} and --{other.names[-1]} not valid")
    for flag, noun in ((LABELS, "include"), (NO_LABELS, "exclude")):
        if wrong := [label for label in call[flag] if "=" not in label]:
            raise UsageError(f"{noun} label key value {quote(wrong[0])} not valid")
    for flag, name in ((LIMIT, "limit"), (LINES, "lines")):
        if call[flag] > _MOST:
            raise UsageError(f"--{name} must be between 0 and {_MOST}")


def _means(call: Call, flag: Flag[Any]) -> bool:
    return bool(call[flag]) if not flag.takes_value else call.given(flag)


def _level(call: Call) -> str:
    if call[LEVEL] and call[LEVEL].upper() not in LEVELS:
        known = ", ".join(map(quote, LEVELS))
        raise UsageError(f"level value {quote(call[LEVEL])} is not one of {known}")
    return call[LEVEL].upper() or "TRACE"


def _backlog(call: Call) -> int | None:
    """How many lines of the past are wanted; None is all of them."""
    if call[REPLAY]:
        return call[LIMIT] or None
    return (call[LIMIT] or None) if call.given(LIMIT) else call[LINES]


def _follows(call: Call) -> bool:
    if call[NO_TAIL] or call.given(LIMIT):
        return False
    return call[TAIL] or call.given(LINES) or sys.stdout.isatty()
