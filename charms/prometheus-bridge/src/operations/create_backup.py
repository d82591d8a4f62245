# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Copies every sample while Prometheus runs; its admin API stays off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backups import SAMPLES, STATE, access, storage
from bridge import Bridge
from dataops.backup.verbs import FilesSpec, creating
from dataops.operations import Context
from observed import Observed

if TYPE_CHECKING:
    from dataops.backup.trees import Source


class Spec(FilesSpec):
    """What the job is told.

    Attributes:
        app, model, release: for whoever reads the manifest.
        data: the storage.
    """

    app: str
    model: str
    release: str
    data: Path


def prepare(context: Context[Observed, Bridge, Any]) -> Spec:
    """What the job needs to know."""
    o = context.observed
    condition = context.workload.condition(o.url, o.data, o.user)
    return Spec(
        **dict(access(o)),
        app=o.topology.application,
        model=o.topology.model,
        release=condition.version,
        data=storage(o),
    )


def source(spec: Spec) -> Source:
    """The files."""
    import tsdb
    from dataops.backup.trees import Source

    root = spec.data / SAMPLES
    return Source(
        unit=spec.unit,
        application=spec.app,
        model=spec.model,
        release=spec.release,
        root=root,
        state=spec.data / STATE,
        listing=lambda: tsdb.listing(root),
        steady=lambda: tsdb.steady(root),
        facts=lambda links: {"blocks": tsdb.blocks(links)},
    )


VERB = creating(
    prepare, source, Spec, "Copies every sample while Prometheus runs; its admin API stays off."
)
