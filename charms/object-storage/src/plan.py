# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to steps. Pure: nothing here touches the machine or asks Juju."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from dataops.certificates import Identity
from keyring import Key
from observed import Observed


@dataclasses.dataclass(frozen=True)
class Install:
    """Have the program: from the attached archive if there is one."""

    archive: Path | None


@dataclasses.dataclass(frozen=True)
class Serve:
    """Have the store running so, with these buckets in it, for whoever has one of these keys."""

    address: str
    port: int
    heap: str
    data: Path
    buckets: frozenset[str]
    keys: tuple[Key, ...]
    certificate: Identity | None


@dataclasses.dataclass(frozen=True)
class Retire:
    """Have nothing running."""


Step = Install | Serve | Retire


def plan(observed: Observed) -> tuple[Step, ...]:
    """What has to be so, in order; nothing while facts are missing, so that what runs runs on."""
    o = observed
    if o.leaving.unit or o.leaving.storage:
        return (Retire(),)
    if o.config is None or o.data is None:
        return ()
    install = Install(o.archive)
    if not o.keyring.keys or o.tls.awaited:
        # What serves keeps serving as it does; nothing starts without the protection asked for.
        return (install,)
    serve = Serve(
        address=o.address,
        port=o.config.port,
        heap=o.config.heap,
        data=o.data,
        buckets=o.buckets,
        keys=o.keyring.accepted,
        certificate=o.certificate,
    )
    return (install, serve)
