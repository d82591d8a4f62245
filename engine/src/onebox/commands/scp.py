# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Copies files to and from a unit's machine, which is a directory of this host.

Examples:
    juju scp kafka/0:/var/log/juju/unit-kafka-0.log .
    juju scp ./orders.py spark/leader:/tmp/orders.py
    juju scp -- -r kafka/0:/srv/data ./data
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from onebox.commands import _places
from onebox.commands._call import Call
from onebox.flags import UsageError, option, switch, takes

INTERSPERSED = False
# Options of OpenSSH's scp that take a value; none of them matters on one machine.
_VALUED = frozenset("cDFiJloPSX")

CONTAINER = option("container", help="The container name of the target pod; ignored")
NO_KEYS = switch("no-host-key-checks", help="Skip host key checking; ignored")
PROXY = switch("proxy", help="Proxy through the API server; ignored")

FLAGS = (CONTAINER, NO_KEYS, PROXY)
TAKES = takes("<source> <destination>")


def run(call: Call) -> int:
    """Copy; the exit code is that of cp."""
    options, words = _sorted(call.words)
    if len(words) < 2:
        raise UsageError("at least two arguments required")
    recursive = "r" in options
    model = call.snapshot()
    *sources, target = (_local(call, model, word) for word in words)
    line = ["cp", *(["-r"] if recursive else []), "--", *sources, target]
    return subprocess.run(line, check=False).returncode


def _sorted(given: Sequence[str]) -> tuple[set[str], list[str]]:
    """The letters of OpenSSH's options, and the words that are files and not an option's value."""
    letters, words, rest = set[str](), list[str](), iter(given)
    for word in rest:
        if word == "--":
            words += rest
        elif not word.startswith("-") or word == "-":
            words.append(word)
        else:
            options, valued, value = _cut(word[1:])
            letters |= {*options}
            if valued and not value:
                next(rest, None)
    return letters, words


def _cut(cluster: str) -> tuple[str, str, str]:
    """`ri/key` as its plain options, the one that takes a value, and the value in the word."""
    for place, letter in enumerate(cluster):
        if letter in _VALUED:
            return cluster[:place], letter, cluster[place + 1 :]
    return cluster, "", ""


def _local(call: Call, model: dict[str, Any], word: str) -> str:
    """Where `unit:path` lies on this host; a word without a unit is a path already."""
    target, colon, path = word.partition(":")
    if not colon or target.startswith((".", "/", "~")):
        return word
    root = _places.root(call, _places.machine(model, target))
    if not path.startswith("/"):
        return str(root / ("root" if _places.boots(model) else "") / path)
    inside = root / path.lstrip("/")
    if _places.boots(model):
        return str(inside)
    # A new file goes where its directory is: on the host as a rule, else inside the machine.
    only_inside = inside.exists() or not Path(path).parent.is_dir()
    return str(inside) if only_inside and not Path(path).exists() else path
