# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Copies checkpoints, submitted programs, event logs and Parquet files while jobs run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backups import STATE, access, storage
from cluster import Spark
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
        jobs: the option of that name: the declared jobs.
        elsewhere: jobs whose checkpoint is not in the storage, and so not in the backup.
    """

    app: str
    model: str
    release: str
    data: Path
    jobs: str
    elsewhere: tuple[str, ...]


def prepare(context: Context[Observed, Spark, Any]) -> Spec:
    """What the job needs to know."""
    o = context.observed
    return Spec(
        **dict(access(o)),
        app=o.application,
        model=o.model,
        release=context.workload.installation.version,
        data=storage(o),
        jobs=o.jobs_text,
        elsewhere=tuple(sorted(job.name for job, _ in o.homes if job.checkpoint)),
    )


def source(spec: Spec) -> Source:
    """The files."""
    import spark_files
    from dataops.backup.trees import Source

    def facts(links: Path) -> dict[str, Any]:
        return {
            "checkpoints": spark_files.offsets(links),
            "jobs": spec.jobs,
            "elsewhere": spec.elsewhere,
        }

    return Source(
        unit=spec.unit,
        application=spec.app,
        model=spec.model,
        release=spec.release,
        root=spec.data,
        state=spec.data / STATE,
        listing=lambda: spark_files.listing(spec.data),
        steady=lambda: spark_files.steady(spec.data),
        facts=facts,
    )


VERB = creating(
    prepare,
    source,
    Spec,
    "Copies checkpoints, submitted programs, event logs and Parquet files while jobs run.",
)
