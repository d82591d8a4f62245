# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju scp`."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from onebox.client import Client
from onebox.commands import _places
from onebox.console import Flags
from onebox.flags import Parsed, UsageError, option, switch
from onebox.focus import MODEL, model_of

NAME = "scp"
ALIASES = ()
INTERSPERSED = False
HELP = """
Usage: juju scp [options] <source> <destination>

Copies files to and from a unit's machine, which is a directory of this host.

    juju scp kafka/0:/var/log/juju/unit-kafka-0.log .
    juju scp ./orders.py spark/leader:/tmp/orders.py
    juju scp -- -r kafka/0:/srv/data ./data
"""

CONTAINER = option("container", help="The container name of the target pod; ignored")
NO_KEYS = switch("no-host-key-checks", help="Skip host key checking; ignored")
PROXY = switch("proxy", help="Proxy through the API server; ignored")


def flags() -> Flags:
    """What may be given before the files."""
    return [CONTAINER, NO_KEYS, PROXY, MODEL]


def run(client: Client, args: Parsed) -> int:
    """Copy; the exit code is that of cp."""
    words = [word for word in args.args if not word.startswith("-")]
    if len(words) < 2:
        raise UsageError("at least two arguments required")
    recursive = any(w.startswith("-") and "r" in w for w in args.args)
    model = client.call("snapshot", model=model_of(args))
    *sources, target = (_local(client, model, word) for word in words)
    line = ["cp", *(["-r"] if recursive else []), "--", *sources, target]
    return subprocess.run(line, check=False).returncode


def _local(client: Client, model: dict[str, Any], word: str) -> str:
    """Where `unit:path` lies on this host; a word without a unit is a path already."""
    target, colon, path = word.partition(":")
    if not colon or target.startswith((".", "/", "~")):
        return word
    root = _places.root(client, model, _places.machine(model, target))
    if not path.startswith("/"):
        return str(root / ("root" if _places.boots(model) else "") / path)
    inside = root / path.lstrip("/")
    if _places.boots(model):
        return str(inside)
    # A new file goes where its directory is: on the host as a rule, else inside the machine.
    only_inside = inside.exists() or not Path(path).parent.is_dir()
    return str(inside) if only_inside and not Path(path).exists() else path
