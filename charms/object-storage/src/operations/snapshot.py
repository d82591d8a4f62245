# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`snapshot`: the store, who uses it, and how much it holds, for a post-mortem."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dataops.objectstore import StoreError, Target, open_store
from dataops.operations import Context
from dataops.snapshot import job
from dataops.snapshot.job import Spec, Where
from observed import Observed
from vault import Vault

if TYPE_CHECKING:
    from dataops.snapshot.collect import Collection

_PATIENCE = timedelta(seconds=10)


class StoreSpec(Spec):
    """What the job is told.

    Attributes:
        store: as the operator reaches it; None before there are keys.
        buckets: what should be there.
        applications: who stores here.
        refusals: the reason of each.
    """

    store: Target | None
    buckets: tuple[str, ...]
    applications: tuple[str, ...]
    refusals: tuple[str, ...]


def prepare(context: Context[Observed, Vault, Where]) -> StoreSpec:
    """What the job needs to know, with every secret that this unit knows."""
    o = context.observed
    hidden = {f"secret key {number}": each for number, each in enumerate(o.keyring.secrets, 1)}
    if o.certificate:
        hidden["key of the certificate"] = o.certificate.key
    return StoreSpec(
        **job.told(context, hidden),
        store=o.admin,
        buckets=tuple(sorted(o.buckets)),
        applications=tuple(sorted(request.application for request in o.requests)),
        refusals=o.refusals,
    )


def gather(collection: Collection, spec: StoreSpec) -> str:
    """What only the store has; a line about it."""
    fields = {"buckets", "applications", "refusals"}
    collection.value("store/state.json", lambda: spec.model_dump(mode="json", include=fields))
    for reason in spec.refusals:
        collection.find("warning", "a bucket was refused", reason)
    if spec.store is None:
        collection.find("warning", "there are no keys yet")
        return "Object store without keys"
    totals = {bucket: _total(spec.store, bucket) for bucket in spec.buckets}
    collection.value("store/buckets.json", lambda: totals)
    broken = {bucket: total for bucket, total in totals.items() if isinstance(total, str)}
    if broken:
        detail = "; ".join(broken.values())
        collection.find("critical", "the object store does not answer", detail)
        return f"Object store: {len(broken)} of {len(totals)} buckets do not answer"
    return f"Object store: {len(totals)} buckets, {len(spec.applications)} applications"


def _total(store: Target, bucket: str) -> dict[str, int] | str:
    """How many objects of how many bytes, or why that cannot be said."""
    target = store.model_copy(update={"bucket": bucket, "path": ""})
    objects, size = 0, 0
    try:
        for stored in open_store(target, patience=_PATIENCE).list():
            objects, size = objects + 1, size + stored.size
    except StoreError as error:
        return str(error)
    return {"objects": objects, "bytes": size}


VERB = job.collecting(prepare, gather, StoreSpec)
