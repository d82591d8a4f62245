# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A unit's backup from beginning to end."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dataops.backup import pruning
from dataops.backup.manifest import (
    Begun,
    Cluster,
    Manifest,
    Share,
    Totals,
    Unit,
    manifest_key,
    new_id,
)
from dataops.backup.shelf import Shelf
from dataops.backup.ship import Shipper
from dataops.backup.trees._cut import cut
from dataops.backup.trees._ship import Shipping


@dataclasses.dataclass(frozen=True)
class Source:
    """Whose files, and which.

    Attributes:
        unit: such as `spark/0`.
        application, model, release: for whoever reads the manifest.
        root: below it lies everything that may be linked.
        state: a directory of ours on the same file system.
        listing: paths relative to the root, in the order in which they have to be linked.
        steady: equal values before and after say that what was linked belongs together.
        facts: what to keep of it; called with the directory of the links.
    """

    unit: str
    application: str
    model: str
    release: str
    root: Path
    state: Path
    listing: Callable[[], Iterable[str]]
    steady: Callable[[], object]
    facts: Callable[[Path], dict[str, Any]] = lambda links: {}


def take(
    shelf: Shelf,
    shipper: Shipper,
    source: Source,
    *,
    tell: Callable[[str, float | None], None] = lambda text, done: None,
    check: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.time,
) -> Manifest:
    """A backup from beginning to end; good once this returns.

    Raises:
        CutError: the files never stayed the same for long enough.
        CollectingError: objects are being collected now.
        StoreError: the store fails.
    """
    began = _utc(clock())
    begun = Begun(
        id=new_id(began, shelf.backups()),
        cluster=Cluster(
            id=shelf.cluster,
            application=source.application,
            model=source.model,
            release=source.release,
        ),
        began=began,
        shares=(Share(unit=source.unit, node=0),),
    )
    pruning.begin(shelf, begun)
    links = source.state / "links"
    try:
        sizes = cut(source.root, links, source.listing, source.steady)
        taken = _utc(clock())
        facts = source.facts(links)
        made = Shipping(shipper, links, sizes, source.state / "ledger.json", tell, check).run()
    finally:
        shutil.rmtree(links, ignore_errors=True)
    finished = _utc(clock())
    totals = Totals(
        bytes=made.tree.bytes,
        stored=sum({p.object_key: p.stored for p in made.tree.pieces}.values()),
        new=made.new,
        seconds=max(0.0, (finished - began).total_seconds()),
    )
    unit = Unit(unit=source.unit, node=0, began=began, cut=taken, finished=finished, totals=totals)
    manifest = Manifest(
        id=begun.id,
        cluster=begun.cluster,
        began=began,
        finished=finished,
        units=(unit,),
        tree=made.tree.model_copy(update={"facts": facts}),
        totals=totals,
    )
    shelf.write(manifest_key(begun.id), manifest)
    return manifest


def _utc(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
