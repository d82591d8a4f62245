# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `config` and `model-config` are asked: to print options, or to set and reset some."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from onebox.commands._call import Call
from onebox.flags import UsageError, option, quote, repeated
from onebox.values import option_value, pairs

FILE = option("file", help="Path to yaml-formatted configuration file; - is standard input")
RESET = repeated("reset", help="Reset the provided comma delimited keys")


@dataclass(frozen=True)
class Asked:
    """One call: the key to print (none is all of them), or what to change.

    Attributes:
        file: where more values are; empty for none. Those of the words win.
        values: what the words set.
        reset: keys that get their defaults back.
        key: the one to print.
    """

    file: str = ""
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    reset: tuple[str, ...] = ()
    key: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self.file or self.values or self.reset)

    def over(self, found: dict[str, Any]) -> dict[str, Any]:
        """What to set: the file's values that are `found` and not reset, the words' on top."""
        return {k: v for k, v in found.items() if k not in self.reset} | self.values


def asked(call: Call, words: Sequence[str], fixed: Sequence[str] = ()) -> Asked:
    """What flags and words ask for; UsageError for what cannot be done at once.

    Args:
        call: the flags.
        words: those that are keys, or `key=value`.
        fixed: keys that cannot be reset.
    """
    reset = tuple(key for text in call[RESET] for key in text.strip(",").split(","))
    _check_reset(reset, fixed)
    values = pairs(word for word in words if "=" in word)
    keys = [word for word in words if "=" not in word]
    _check_together(file=call[FILE], reset=reset, keys=keys, values=values)
    values = {key: option_value(value) for key, value in values.items()}
    return Asked(call[FILE], values, reset, keys[0] if keys else "")


def bare_text(value: object) -> str:
    """One option's value as it is printed alone."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_reset(reset: Sequence[str], fixed: Sequence[str]) -> None:
    for key in reset:
        if key in fixed:
            raise UsageError(f"{quote(key)} cannot be reset")
        if "=" in key:
            expected = '--reset accepts a comma delimited set of keys "a,b,c"'
            raise UsageError(f"{expected}, received: {quote(key)}")


def _check_together(
    *, file: str, reset: Sequence[str], keys: Sequence[str], values: dict[str, Any]
) -> None:
    doing = [
        *(["use --file flag"] if file else []),
        *(["use --reset flag"] if reset else []),
        *(["get value"] if keys else []),
        *(["set key=value pairs"] if values else []),
    ]
    if keys and len(doing) > 1:
        raise UsageError(f"cannot {', '.join(doing[:-1])} and {doing[-1]} simultaneously")
    if len(keys) > 1:
        raise UsageError("cannot specify multiple keys to get")
    for key in reset:
        if key in values:
            raise UsageError(f"cannot set and reset key {quote(key)} simultaneously")
