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
from onebox.flags import UsageError, number, option, output_format, quote, repeated, switch, takes
from onebox.render.document import to_json
from onebox.render.log import LEVELS, Filter, Shape, log_line, log_record

INCLUDE = repeated("i", "include", help="Only show log messages for these entities")
EXCLUDE = repeated("x", "exclude", help="Do not show log messages for these entities")
MODULE = repeated("include-module", help="Only show log messages for these logging modules")
NO_MODULE = repeated("exclude-module", help="Do not show log messages for these modules")
LABELS = repeated("include-labels", help="Only show log messages with these labels; ignored")
LEVEL = option("l", "level", help="Log level to show")
LINES = number("n", "lines", default=10, help="Show this many of the most recent lines")
LIMIT = number("limit", help="Show this many of the most recent logs and then exit")
REPLAY = switch("replay", help="Show the entire log and continue to append new ones")
TAIL = switch("tail", help="Show existing log messages and continue to append new ones")
NO_TAIL = switch("no-tail", help="Show existing log messages and then exit")
DATE = switch("date", help="Show dates as well as times")
MILLISECONDS = switch("ms", help="Show times to millisecond precision")
LOCATION = switch("location", help="Show filename and line numbers; ignored")
RETRY = switch("retry", help="Retry connection failure; ignored")

FORMAT = output_format(("text", "json"), "text")

_MOST = 10_000

FLAGS = (
    *(FORMAT, INCLUDE, EXCLUDE, MODULE, NO_MODULE, LABELS, LEVEL, LINES, LIMIT, REPLAY, TAIL),
    *(NO_TAIL, DATE, MILLISECONDS, LOCATION, RETRY, *DATED),
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
        if wanted.wants(line):
            backlog.append(written(line))
    show("".join(backlog))
    if _follows(call):
        for line in call.stream("log", follow=True, skip=position):
            if wanted.wants(line):
                show(written(line))


def _check(call: Call) -> None:
    if call[TAIL] and call[NO_TAIL]:
        raise UsageError("setting --tail and --no-tail not valid")
    if call.given(LIMIT) and (call[TAIL] or call.given(LINES)):
        raise UsageError("setting --limit with --tail or --lines not valid")
    if call[NO_TAIL] and call.given(LINES):
        raise UsageError("setting --no-tail and --lines not valid")
    for flag, name in ((LIMIT, "limit"), (LINES, "lines")):
        if not 0 <= call[flag] <= _MOST:
            raise UsageError(f"--{name} must be between 0 and {_MOST}")


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
