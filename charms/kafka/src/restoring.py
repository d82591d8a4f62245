# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The long part of a restore on one unit: `python -m restoring SPEC`.

It places the unit's share of a backup beside its data, or tells groups where to go on, writes how
far it is beside its specification, and wakes the charm. Whatever kills it, it is started again
and goes on where it was.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import pydantic

import formatting
from dataops.backup.ends import RESTORED, RestoredEnds, TopicEnds
from dataops.backup.manifest import Manifest, ManifestError, manifest_key
from dataops.backup.metadata import Image
from dataops.backup.restoration import (
    Blueprint,
    Pieces,
    RestoreError,
    Wish,
    blueprint,
    furnish,
    groups,
    image_of,
)
from dataops.backup.sealed import Key, SealError
from dataops.backup.shelf import Shelf
from dataops.host import wake
from dataops.host.files import ensure_contents
from dataops.objectstore import StoreError, Target, open_store
from programs import Programs
from recovery import Recovery, Share
from slots import client_of

logger = logging.getLogger("restoring")

SHARE = "restoring-share.json"
# What the data of a restore is told by; the broker does not mind it.
MARK = "restored.json"
_TELL_SECONDS = 2.0


class Spec(pydantic.BaseModel):
    """What it is told; only its own user reads it, for the store's keys are in it.

    Attributes:
        mode: which part.
        unit: to wake.
        juju_exec: how.
        recovery: as it stands in the databag.
        node: of the unit.
        target: the store.
        key: opens what is sealed; empty when there is none.
        staging: where the share is placed.
        programs: Kafka's own; without them nothing is formatted yet.
        user: who owns the data; None is oneself.
        addresses: of all brokers.
        etc: where the broker's certificate is.
    """

    mode: Literal["place", "finish"]
    unit: str
    juju_exec: str
    recovery: str
    node: int
    target: Target
    key: pydantic.SecretStr = pydantic.SecretStr("")
    staging: Path
    programs: Programs | None = None
    user: str | None = None
    addresses: tuple[str, ...] = ()
    etc: Path


def source(spec: Spec, recovery: Recovery) -> tuple[Manifest, Pieces]:
    """The backup, and what reads its objects."""
    shelf = Shelf(open_store(spec.target), recovery.source)
    secret = spec.key.get_secret_value()
    pieces = Pieces(shelf, Key.of(secret) if secret else None)
    return shelf.need(Manifest, manifest_key(recovery.backup)), pieces


def planned(manifest: Manifest, image: Image, recovery: Recovery) -> tuple[Blueprint, Wish]:
    """What the new cluster will be: users of relations are the charm's own to make."""
    wish = Wish(recovery.topics, recovery.to_time)
    return blueprint(manifest, image, recovery.members, wish, _of_a_relation), wish


def _of_a_relation(user: str) -> bool:
    return client_of(user) is not None


def place(spec: Spec, recovery: Recovery, tell: Callable[[str], None]) -> dict[str, int]:
    """The unit's share, whole in its staging directory; what there is of it, counted once."""
    manifest, pieces = source(spec, recovery)
    plan, wish = planned(manifest, image_of(manifest, pieces), recovery)
    began = time.monotonic()

    def told(done: int, total: int) -> None:
        rate = done / max(time.monotonic() - began, 0.001)
        left = f", {(total - done) / rate:.0f} s left" if rate else ""
        tell(f"{done >> 20} of {total >> 20} MiB, {rate / 1e6:.0f} MB/s{left}")

    logs = spec.staging / "logs"
    with _formatted(spec, recovery, logs):
        done = furnish(plan, spec.node, pieces, spec.staging, wish, told)
    if spec.user:
        _give(logs, spec.user)
    ensure_contents(logs / MARK, json.dumps({"name": recovery.name}), owner=spec.user)
    # Each partition is counted by the unit that leads it.
    mine = [one for one in done.partitions if plan.nodes[one.topic, one.index][0] == spec.node]
    return {
        "partitions": len(mine),
        "bytes": sum(one.bytes for one in mine),
        "cut": sum(one.cut for one in mine),
        "aborted": sum(one.aborted for one in mine),
    }


def _formatted(
    spec: Spec, recovery: Recovery, logs: Path
) -> contextlib.AbstractContextManager[None]:
    """Within it, the unit's storage becomes part of the cluster that comes."""
    if spec.programs is None or recovery.stage != "placing":
        # It may be there by now, and whoever lost its disk meanwhile founds no second one.
        return contextlib.nullcontext()
    first, place = spec.node == min(recovery.members), spec.staging / "formatted"
    return formatting.beside(
        spec.programs, recovery.cluster_id, standalone=first, place=place, logs=logs
    )


def finish(spec: Spec, recovery: Recovery, tell: Callable[[str], None]) -> dict[str, int]:
    """Every group of the backup goes on within what was restored; how many there are."""
    import group_admin
    from admin import connect
    from listeners import INTERNAL_PORT

    manifest, pieces = source(spec, recovery)
    client = connect([f"{address}:{INTERNAL_PORT}" for address in spec.addresses], spec.etc)
    try:
        tell("groups")
        bounds = group_admin.bounds(client, group_admin.partitions(client))
        # Nobody has written since: who keeps a place of its own can be told where to go on.
        shelf = Shelf(pieces.shelf.store, recovery.cluster_id)
        shelf.write(RESTORED, _ends(manifest, recovery, bounds))
        return {"groups": group_admin.tell(client, groups(manifest, bounds))}
    finally:
        client.close()


def _ends(
    manifest: Manifest, recovery: Recovery, bounds: Mapping[tuple[str, int], tuple[int, int]]
) -> RestoredEnds:
    found: dict[str, dict[int, int]] = {}
    for (topic, index), (_, end) in sorted(bounds.items()):
        found.setdefault(topic, {})[index] = end
    until = manifest.began
    if recovery.to_time is not None:
        asked = datetime.datetime.fromtimestamp(recovery.to_time / 1000, datetime.timezone.utc)
        until = min(until, asked)
    return RestoredEnds(
        id=recovery.backup,
        source=recovery.source,
        at=datetime.datetime.now(datetime.timezone.utc),
        until=until,
        topics=tuple(
            TopicEnds(topic=topic, ends=tuple(ends.get(n, 0) for n in range(max(ends) + 1)))
            for topic, ends in found.items()
        ),
    )


def main(path: str) -> int:
    """Do the part, say how it ended, and wake the charm."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s"
    )
    file = Path(path)
    if not file.exists():
        # Done before the machine was started anew.
        return 0
    spec = Spec.model_validate_json(file.read_text())
    recovery = Recovery.from_text(spec.recovery)
    assert recovery is not None
    beside = file.with_name(SHARE)
    share = work(spec, recovery, _Teller(beside, recovery.name, spec.mode))
    ensure_contents(beside, json.dumps(share.__dict__), mode=0o600)
    # Nobody needs the store's keys here any longer.
    file.unlink(missing_ok=True)
    wake.call(spec.unit, spec.juju_exec)
    return 0


def work(spec: Spec, recovery: Recovery, tell: Callable[[str], None]) -> Share:
    """How the part ended."""
    try:
        account = (place if spec.mode == "place" else finish)(spec, recovery, tell)
    except (RestoreError, StoreError, ManifestError, SealError) as error:
        logger.error("%s", error)
        return Share(recovery.name, "failed", str(error))
    except Exception as error:  # The charm says why; the whole of it is in the log.
        logger.exception("It failed")
        if spec.mode == "finish":
            # The old data is aside and the new cluster runs: there is only onwards.
            raise
        return Share(recovery.name, "failed", f"{type(error).__name__}: {error}")
    return Share(recovery.name, "placed" if spec.mode == "place" else "finished", "", account)


class _Teller:
    """Writes how far it is, now and then."""

    def __init__(self, path: Path, name: str, mode: str) -> None:
        self._path, self._name = path, name
        self._state = "placing" if mode == "place" else "finishing"
        self._next = 0.0

    def __call__(self, text: str) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _TELL_SECONDS
        logger.info("%s", text)
        share = Share(self._name, self._state, text)
        ensure_contents(self._path, json.dumps(share.__dict__), mode=0o600)


def _give(directory: Path, user: str) -> None:
    for root, _, names in os.walk(directory):
        for name in (".", *names):
            shutil.chown(Path(root) / name, user, user)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
