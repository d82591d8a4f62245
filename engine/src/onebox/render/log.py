# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lines of `juju debug-log`: which ones, and how they look."""

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass

from onebox.render import times
from onebox.render.document import Json
from onebox.render.table import CYAN, GREEN, RED, YELLOW

LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR")
_COLOURS = {"DEBUG": GREEN, "INFO": CYAN, "WARNING": YELLOW, "ERROR": RED, "CRITICAL": RED}


@dataclass(frozen=True)
class Filter:
    """Which lines are wanted; an empty tuple of includes means all."""

    level: str = "TRACE"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_module: tuple[str, ...] = ()
    exclude_module: tuple[str, ...] = ()

    def wants(self, line: Json) -> bool:
        """Whether the line passes."""
        entity, module = line["entity"], line["module"]
        return (
            _rank(line["level"]) >= _rank(self.level)
            and (not self.include or _any_entity(entity, self.include))
            and not _any_entity(entity, self.exclude)
            and (not self.include_module or _any_module(module, self.include_module))
            and not _any_module(module, self.exclude_module)
        )


def log_record(line: Json) -> Json:
    """The line as an object, as `--format json` prints one on each line."""
    return {
        "timestamp": times.rfc3339(line["time"]),
        "entity": line["entity"],
        "level": line["level"],
        "module": line["module"],
        "location": "",
        "message": line["message"],
    }


def _rank(level: str) -> int:
    # CRITICAL, which charms may send, is above all that people can ask for.
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def tag(name: str) -> str:
    """`unit-app-0` for `app/0`, `machine-0` for `0`; a tag or wildcard stays as it is.

    Every other word is taken for an application and means all of its units.
    """
    if "/" in name:
        return "unit-" + name.replace("/", "-")
    if name.isdigit():
        return f"machine-{name}"
    if name.startswith(("unit-", "machine-")) or "*" in name:
        return name
    return f"unit-{name}-*"


def _any_entity(entity: str, patterns: Iterable[str]) -> bool:
    return any(
        fnmatch.fnmatchcase(entity, tag(pattern)) or entity == pattern for pattern in patterns
    )


def _any_module(module: str, prefixes: Iterable[str]) -> bool:
    return any(module == p or module.startswith(p + ".") for p in prefixes)


@dataclass(frozen=True)
class Shape:
    """How a line looks."""

    date: bool = False
    milliseconds: bool = False
    utc: bool = False
    colour: bool = False


def log_line(line: Json, shape: Shape) -> str:
    """`unit-app-0: 12:00:00 INFO unit.app/0.juju-log text`."""
    level = line["level"]
    if shape.colour and level in _COLOURS:
        level = f"\x1b[{_COLOURS[level]}m{level}\x1b[0m"
    when = _when(line["time"], shape)
    return f"{line['entity']}: {when} {level} {line['module']} {line['message']}\n"


def _when(moment: str, shape: Shape) -> str:
    text = times.hour(moment, shape.utc)
    if shape.milliseconds:
        text += f".{times.parse(moment).microsecond // 1000:03d}"
    return f"{times.day(moment, shape.utc)} {text}" if shape.date else text
