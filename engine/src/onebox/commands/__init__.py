# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One file per `juju` command, named after it; found by name, imported when run."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any

from onebox import console, flags, focus
from onebox.commands import _beyond


def names() -> list[str]:
    """The name of every command, sorted; aliases not among them."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name.replace("_", "-") for name in found if not name.startswith("_"))


def find(name: str) -> ModuleType | None:
    """The command that is called `name` or has it as an alias."""
    known = names()
    if name in known:
        return _load(name)
    # Only a name that is no file costs the import of all the others.
    return next((c for c in map(_load, known) if name in aliases_of(c)), None)


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name.replace('-', '_')}")


def flags_of(command: ModuleType) -> tuple[flags.Flag[Any], ...]:
    """The flags of a command beside those that every one takes; nearly all are about a model."""
    own: tuple[flags.Flag[Any], ...] = getattr(command, "FLAGS", ())
    return (*own, focus.MODEL) if getattr(command, "OF_A_MODEL", True) else own


def takes_of(command: ModuleType) -> flags.Takes:
    """The positionals of a command."""
    return getattr(command, "TAKES", flags.Takes())


def aliases_of(command: ModuleType) -> tuple[str, ...]:
    """The other names of a command."""
    return getattr(command, "ALIASES", ())


def purpose_of(command: ModuleType) -> str:
    """The first sentence of a command's help."""
    first = _details(command).partition("\n")[0]
    return first.partition(". ")[0].rstrip(".").partition(": ")[0] + "."


def _details(command: ModuleType) -> str:
    """What a command does, and an example: the docstring of its file."""
    return (command.__doc__ or "").strip()


def help_of(command: ModuleType) -> str:
    """What `juju help` prints of one command, in the order in which Juju prints it."""
    name = command.__name__.rpartition(".")[2].replace("_", "-")
    about, _, examples = _details(command).partition("Examples:\n")
    own = flags.describe(flags_of(command))
    paragraphs = [
        f"Usage: juju {name} [options] {takes_of(command).usage}".rstrip(),
        f"Summary:\n{purpose_of(command)}",
        f"Global Options:\n{flags.describe(console.GLOBAL)}",
        *([f"Command Options:\n{own}"] if own else []),
        f"Details:\n{about.strip()}",
        *([f"Aliases: {', '.join(aliases_of(command))}"] if aliases_of(command) else []),
        *([f"Examples:\n{examples.rstrip()}"] if examples else []),
    ]
    return "\n\n".join(paragraphs) + "\n"


# Commands of earlier series, for which Juju 4 does not guess another.
_GONE = ("wait-for",)


def unknown(name: str) -> str:
    """What is said of a command that there is not, with the one that may be meant."""
    guess = nearest(name)
    if guess is None:
        return f"unrecognized command: juju {name}"
    return f'juju: "{name}" is not a juju command. See "juju --help".\n\nDid you mean:\n\t{guess}'


def nearest(name: str) -> str | None:
    """The command or alias that is spelled most like `name`, if any is near."""
    if name in _GONE:
        return None
    spelled = [
        *names(),
        *_beyond.names(),
        *(alias for c in map(_load, names()) for alias in aliases_of(c)),
    ]
    distance, guess = min((_distance(name, known), known) for known in spelled)
    return guess if distance <= len(guess) else None


def _distance(a: str, b: str) -> int:
    """Levenshtein's distance: Juju guesses by it, too."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
