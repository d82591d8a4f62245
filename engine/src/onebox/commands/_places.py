# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a unit's machine lies on this host, and which paths are meant inside it."""

import re
from collections.abc import Sequence
from pathlib import Path

from onebox.commands._call import Call, Json
from onebox.errors import Refused

_PATH = re.compile(r"(?<![\w./-])/[\w./@+-]+")
# Options of OpenSSH that take a value; none of them matters on one machine.
_VALUED = frozenset("bcDEeFIiJLlmOopQRSWw")


def machine(model: Json, target: str) -> str:
    """The machine that `[user@]unit`, `app/leader` or a machine's id means; Refused otherwise."""
    name = target.rpartition("@")[2]
    if name in model["machines"]:
        return name
    application, _, number = name.partition("/")
    if number == "leader" and application in model["applications"]:
        name = model["applications"][application]["leader"] or name
    if name in model["units"]:
        return model["units"][name]["machine"]
    kind = "machine" if name.isdigit() else "unit"
    raise Refused(f'{kind} "{name}" not found', "not-found")


def root(call: Call, machine: str) -> Path:
    """The directory that stands for the machine's `/`."""
    return Path(call.ask("machine_root", machine=machine))


def entry(call: Call, machine: str) -> list[str]:
    """What to put before a command so that it runs on a machine that boots; else nothing."""
    return call.ask("machine_entry", machine=machine)


def boots(model: Json) -> bool:
    """Whether the machines of a model have processes and paths of their own."""
    return model["config"].get("machine-backend") == "nspawn"


def command(words: Sequence[str]) -> list[str]:
    """The words without OpenSSH's own options before them."""
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if len(word) == 2 and word[1] in _VALUED and rest:
            rest.pop(0)
        if word == "--":
            break
    return rest


def within(root: Path, script: str) -> str:
    """The script with every path that exists below `root` only pointing there."""
    return _PATH.sub(lambda found: resolved(root, found[0]), script)


def resolved(root: Path, path: str) -> str:
    """A path as it is, or below the machine's root when it exists only there."""
    inside = root / path.lstrip("/")
    return str(inside) if not Path(path).exists() and inside.exists() else path
