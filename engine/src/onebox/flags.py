# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Juju's argument grammar (gnuflag), for commands and hook tools alike.

A flag is declared once, as a value, and is the key under which its own value is found:

    APP = switch("app", help="Get the application's settings.")
    RELATION = option("r", "relation", help="Specify a relation by id.")

    parsed = parse(argv, [APP, RELATION])
    if parsed[APP]:
        ...

Every error text is the real one: people grep for them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_TERM = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]*)", re.ASCII)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a"}


class UsageError(Exception):
    """The arguments are wrong; the message is Juju's. A program ends with code 2 after it."""


class HelpRequested(Exception):  # noqa: N818 - it is an answer, not an error
    """The arguments ask for help with `-h` or `--help`."""


@dataclass(frozen=True, eq=False)
class Flag(Generic[T]):
    """One declared flag; the key of its value in `Parsed`.

    Attributes:
        names: without dashes, such as `("r", "relation")`.
        default: the value when the flag is absent.
        read: (value so far, text) to the new value; raises ValueError(reason).
        help: one sentence for `--help`.
        takes_value: False for a switch, which stands alone or as `--name=false`.
        shown_default: the default as `--help` prints it.
    """

    names: tuple[str, ...]
    default: T
    read: Callable[[T, str], T]
    help: str = ""
    takes_value: bool = True
    shown_default: str = ""


@dataclass(frozen=True)
class Parsed:
    """What was given: `parsed[FLAG]` is a flag's value.

    Attributes:
        values: of the flags that were given.
        args: the positionals.
        spelled: the name that each flag was given by, without dashes.
    """

    values: Mapping[Flag[Any], Any]
    args: tuple[str, ...]
    spelled: Mapping[str, Flag[Any]] = field(default_factory=dict[str, Flag[Any]])

    def __getitem__(self, flag: Flag[T]) -> T:
        """The value of `flag`, given or default."""
        return self.values.get(flag, flag.default)

    def given(self, flag: Flag[Any]) -> bool:
        """Whether the flag was named at all, were it only with its default."""
        return flag in self.values

    def names_of(self, flags: Iterable[Flag[Any]]) -> list[str]:
        """The names, sorted and with dashes, by which some of these flags were given."""
        wanted = {*flags}
        return [_dashed(name) for name in sorted(self.spelled) if self.spelled[name] in wanted]


# -- declaring ---------------------------------------------------------------------------------


def switch(*names: str, default: bool = False, help: str = "") -> Flag[bool]:  # noqa: A002
    """A boolean; `--name` is true, `--name=false` is false, the next argument is never taken."""
    shown = "true" if default else "false"
    return Flag(names, default, lambda _, text: read_bool(text), help, False, shown)


def option(*names: str, default: str = "", help: str = "") -> Flag[str]:  # noqa: A002
    """A text; when repeated the last one wins."""
    return Flag(names, default, lambda _, text: text, help, True, quote(default))


def number(*names: str, default: int = 0, help: str = "") -> Flag[int]:  # noqa: A002
    """A whole number, as Go reads it: `0x10` and `0o17` are fine."""
    return Flag(names, default, lambda _, text: read_int(text), help, True, str(default))


def duration(*names: str, default: float = 0.0, help: str = "") -> Flag[float]:  # noqa: A002
    """A Go duration such as `1m30s`, in seconds."""
    shown = f"{default:g}s"
    return Flag(names, default, lambda _, text: read_duration(text), help, True, shown)


def choice(
    *names: str,
    among: Iterable[str],
    default: str,
    noun: str,
    help: str = "",  # noqa: A002
) -> Flag[str]:
    """One of a few words; another one is refused as `unknown <noun> "<word>"`."""
    words = frozenset(among)

    def read(_: str, text: str) -> str:
        if text not in words:
            raise ValueError(f"unknown {noun} {quote(text)}")
        return text

    return Flag(names, default, read, help, True, default)


def output_format(among: Iterable[str], default: str) -> Flag[str]:
    """The `--format` flag of everything that prints data."""
    words = sorted(among)
    text = f"Specify output format ({'|'.join(words)})"
    return choice("format", among=words, default=default, noun="format", help=text)


def repeated(*names: str, help: str = "") -> Flag[tuple[str, ...]]:  # noqa: A002
    """Every value that was given, in order."""
    return Flag(names, (), lambda before, text: (*before, text), help)


def comma_separated(*names: str, help: str = "") -> Flag[tuple[str, ...]]:  # noqa: A002
    """The parts of one comma-separated value; when repeated the last one wins."""
    return Flag(names, (), lambda _, text: tuple(p.strip() for p in text.split(",") if p), help)


def pairs(
    *names: str,
    help: str = "",  # noqa: A002
    malformed: str = "expected <name>=<value>",
    check: Callable[[str], object] = str,
    once: bool = True,
) -> Flag[Mapping[str, str]]:
    """`name=value`, repeatable.

    Args:
        names: of the flag.
        help: one sentence for `--help`.
        malformed: what is said of a text without a `=`; `{}` is the text.
        check: raises ValueError for a value that can be none.
        once: whether the same name twice is refused; else the last one wins.
    """

    def read(before: Mapping[str, str], text: str) -> Mapping[str, str]:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(malformed.format(text))
        check(value)
        if once and name in before:
            raise ValueError(f"duplicate name specified: {quote(name)}")
        return {**before, name: value}

    return Flag[Mapping[str, str]](names, {}, read, help)


@dataclass(frozen=True)
class Takes:
    """Which positionals a command takes.

    Attributes:
        usage: what `--help` calls them.
        missing: what is said when the first, the second... of those that must be is not there.
        most: how many there may be; None is any number.
    """

    usage: str = ""
    missing: tuple[str, ...] = ()
    most: int | None = None

    def check(self, args: Sequence[str]) -> None:
        """Refuse too few and too many."""
        if len(args) < len(self.missing):
            raise UsageError(self.missing[len(args)])
        if self.most is not None:
            no_more(args[self.most :])


def takes(usage: str = "", *missing: str, most: int | None = None) -> Takes:
    """Declares the positionals of a command; see `Takes`."""
    return Takes(usage, missing, most)


# -- reading values ----------------------------------------------------------------------------


def read_bool(text: str) -> bool:
    """A Go boolean; ValueError with Go's words."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f"strconv.ParseBool: parsing {quote(text)}: invalid syntax")


def read_int(text: str) -> int:
    """A Go integer of any base; ValueError with Go's words."""
    try:
        # Go reads 017 as octal, Python refuses it.
        old_octal = re.fullmatch(r"([+-]?)0([0-7_]+)", text)
        return int("{}0o{}".format(*old_octal.groups()) if old_octal else text, 0)
    except ValueError:
        reason = f"strconv.ParseInt: parsing {quote(text)}: invalid syntax"
        raise ValueError(reason) from None


def read_duration(text: str) -> float:
    """A Go duration in seconds; ValueError with Go's words."""
    sign = -1.0 if text.startswith("-") else 1.0
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0.0
    total, end = 0.0, 0
    for term in _TERM.finditer(rest):
        if term.start() != end:
            break
        total += float(term[1]) * _unit(term[2], text)
        end = term.end()
    if not rest or end != len(rest):
        raise ValueError(f"time: invalid duration {quote(text)}")
    return sign * total


def _unit(unit: str, text: str) -> float:
    """Seconds of one duration unit."""
    if not unit:
        raise ValueError(f"time: missing unit in duration {quote(text)}")
    if unit not in _UNITS:
        raise ValueError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
    return _UNITS[unit]


def quote(text: str) -> str:
    """The text as Go's `%q` prints it."""
    return '"' + "".join(_ESCAPES.get(c, c) for c in text) + '"'


def quote_all(texts: Iterable[str]) -> str:
    """A list as Go's `%q` prints it: `["a" "b"]`."""
    return "[" + " ".join(quote(t) for t in texts) + "]"


# -- parsing -----------------------------------------------------------------------------------


def parse(argv: Sequence[str], flags: Iterable[Flag[Any]], interspersed: bool = True) -> Parsed:
    """What `argv` (without the program's name) gives to `flags`.

    Args:
        argv: the arguments.
        flags: those that are known; a later one replaces an earlier one of the same name.
        interspersed: False stops at the first positional, as `juju ssh` does.

    Raises:
        UsageError: with Juju's text.
        HelpRequested: `-h` or `--help`, unless a flag of that name is declared.
    """
    return _Parser(flags, interspersed).parse(argv)


def no_more(args: Sequence[str]) -> None:
    """Refuse surplus positionals with Juju's text."""
    if args:
        raise UsageError(f"unrecognized args: {quote_all(args)}")


class _Parser:
    """One run over an argument list."""

    def __init__(self, flags: Iterable[Flag[Any]], interspersed: bool) -> None:
        self.known = {name: flag for flag in flags for name in flag.names}
        self.interspersed = interspersed
        self.values: dict[Flag[Any], Any] = {}
        self.spelled: dict[str, Flag[Any]] = {}
        self.rest: list[str] = []

    def parse(self, argv: Sequence[str]) -> Parsed:
        """Take one argument after the other; each may take the next as its value."""
        self.rest = list(argv)
        args: list[str] = []
        while self.rest:
            word = self.rest.pop(0)
            if word == "--":
                break
            if word.startswith("--"):
                self._long(word)
            elif word.startswith("-") and word != "-":
                self._short(word[1:])
            else:
                args.append(word)
                if not self.interspersed:
                    break
        return Parsed(self.values, (*args, *self.rest), self.spelled)

    def _long(self, word: str) -> None:
        name, equals, value = word[2:].partition("=")
        if not name:
            raise UsageError(f"empty option in argument {quote(word)}")
        flag = self._find(name)
        if not flag.takes_value and not equals:
            self._set(flag, name, "true")
        else:
            self._set(flag, name, value if equals else self._next(name))

    def _short(self, letters: str) -> None:
        while letters:
            name, letters = letters[0], letters[1:]
            flag = self._find(name)
            if flag.takes_value or letters.startswith("="):
                self._set(flag, name, letters or self._next(name))
                return
            self._set(flag, name, "true")

    def _find(self, name: str) -> Flag[Any]:
        if name in self.known:
            return self.known[name]
        if name in ("help", "h"):
            raise HelpRequested
        raise UsageError(f"option provided but not defined: {_dashed(name)}")

    def _next(self, name: str) -> str:
        if not self.rest:
            raise UsageError(f"option needs an argument: {_dashed(name)}")
        return self.rest.pop(0)

    def _set(self, flag: Flag[Any], name: str, text: str) -> None:
        self.spelled[name] = flag
        try:
            self.values[flag] = flag.read(self.values.get(flag, flag.default), text)
        except ValueError as error:
            reason = f"invalid value {quote(text)} for option {_dashed(name)}: {error}"
            raise UsageError(reason) from None


# -- help --------------------------------------------------------------------------------------


def describe(flags: Iterable[Flag[Any]]) -> str:
    """The options paragraph of a `--help` text, sorted by name, each with its default."""
    return "\n".join(_entry(flag) for flag in sorted(flags, key=_sort_key))


def _sort_key(flag: Flag[Any]) -> str:
    return min(flag.names, key=len).lower()


def _entry(flag: Flag[Any]) -> str:
    names = ", ".join(_dashed(name) for name in sorted(flag.names, key=len))
    return f"{names} (= {flag.shown_default})\n    {flag.help}"


def _dashed(name: str) -> str:
    return f"-{name}" if len(name) == 1 else f"--{name}"
