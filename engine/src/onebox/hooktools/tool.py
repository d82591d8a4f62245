# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How a hook tool is declared, and what one call of it can ask and answer."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from onebox.errors import Refused
from onebox.flags import Flag, Parsed, describe, no_more, option, output_format
from onebox.hooktools.context import Context
from onebox.hooktools.output import DOCUMENT, SMART

T = TypeVar("T")

OUTPUT = option("o", "output", help="Specify an output file")
SMART_FORMAT = output_format(SMART, "smart")
DOCUMENT_FORMAT = output_format(DOCUMENT, "yaml")
# Tools that print nothing once took it; they still do, and say so.
OLD_FORMAT = option("format", help="deprecated format flag")


class NeedsStdin(Exception):  # noqa: N818 - it is a question, not an error
    """The tool reads its standard input: call it again with all of it."""


@dataclass(frozen=True)
class Answer:
    """What the caller prints and how it ends."""

    code: int = 0
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True)
class Call:
    """One call: its arguments, where it came from and what it was fed."""

    parsed: Parsed
    cwd: Path
    stdin: bytes | None
    # Where a path of the caller lies for us.
    host_path: Callable[[Path], Path] = Path

    def __getitem__(self, flag: Flag[T]) -> T:
        """The value of a flag."""
        return self.parsed[flag]

    @property
    def args(self) -> tuple[str, ...]:
        """The positional arguments."""
        return self.parsed.args

    def arg(self, index: int) -> str:
        """One positional argument, or "" when it was not given."""
        return self.args[index] if index < len(self.args) else ""

    def at_most(self, count: int) -> None:
        """Refuse more positional arguments than that."""
        no_more(self.args[count:])

    def read(self, name: str) -> bytes:
        """A file named relative to the caller, or standard input for `-`."""
        if name == "-":
            if self.stdin is None:
                raise NeedsStdin
            return self.stdin
        try:
            return self.host_path(self.cwd / name).read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Refused(f"open {self.cwd / name}: {reason}") from None


Run = Callable[[Context, Call], Any]


@dataclass(frozen=True)
class Tool:
    """One hook tool. `run` returns the value to print, or None when it has nothing to say.

    Attributes:
        name: what charms call it.
        purpose: its summary for `--help`.
        usage: the name and its positional arguments for `--help`.
        flags: its own flags, with `--format` and `--output` where it prints data.
        run: what it does; raises UsageError (code 2) or Refused (code 1).
        form: its `--format` flag; None when `run` returns text to print as it is.
    """

    name: str
    purpose: str
    usage: str
    flags: tuple[Flag[Any], ...]
    run: Run
    form: Flag[str] | None

    def help(self) -> str:
        """The text of `--help`."""
        usage = f"Usage: {self.usage}".replace(self.name, f"{self.name} [options]", 1)
        options = f"\n\nOptions:\n{describe(self.flags)}" if self.flags else ""
        return f"{usage}\n\nSummary:\n{self.purpose}{options}\n"


TOOLS: dict[str, Tool] = {}


def tool(
    usage: str, purpose: str, *flags: Flag[Any], form: Flag[str] | None = None
) -> Callable[[Run], Run]:
    """Declares the decorated function as the hook tool that `usage` begins with; see `Tool`."""
    printing = (form, OUTPUT) if form is not None else ()
    name = usage.partition(" ")[0]

    def declare(run: Run) -> Run:
        TOOLS[name] = Tool(name, purpose, usage, (*flags, *printing), run, form)
        return run

    return declare
