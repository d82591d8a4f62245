# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts a backup of checkpoints, programs, event logs and Parquet files back; no job may run."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backups import STATE, access, storage
from cluster import Spark
from dataops.backup.verbs import RestoreSpec, restoring
from dataops.operations import Context, OperationError, Work
from job_store import JobStore
from observed import Observed

if TYPE_CHECKING:
    from dataops.backup.manifest import Manifest


class Spec(RestoreSpec):
    """What the job is told.

    Attributes:
        data: the storage.
    """

    data: Path


def prepare(context: Context[Observed, Spark, Any]) -> Spec:
    """What the job needs to know, once nothing runs that would write there."""
    o, spark = context.observed, context.workload
    data = storage(o)
    names = [job.name for job, _ in o.homes] + [program.name for program in o.programs]
    if running := [name for name in names if spark.job_running(name)]:
        stops = ", ".join(f"`juju run {o.unit} stop-job name={name}`" for name in running)
        raise OperationError(f"Jobs of {o.unit} write there; end them first: {stops}")
    return Spec(**dict(access(o)), state=data / STATE, owner=spark.user, data=data)


def put(work: Work[Spec], manifest: Manifest, staging: Path) -> str:
    """Everything in its place; what was there is put aside."""
    import spark_files

    data = work.spec.data
    # Spark's own times tell which batches were done before a backup of Kafka: all of these were
    # done when they were backed up.
    done = manifest.units[0].cut.timestamp() if manifest.units else manifest.began.timestamp()
    for path in (staging / spark_files.CHECKPOINTS).rglob("*"):
        os.utime(path, (done, done))
    aside = data / f"replaced-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    for kind in spark_files.KINDS:
        if not (staging / kind).is_dir():
            continue
        if (data / kind).exists():
            aside.mkdir(exist_ok=True)
            (data / kind).rename(aside / kind)
        (staging / kind).rename(data / kind)
    shutil.rmtree(staging)
    # Nothing of what came back runs before Kafka has what it reads.
    store = JobStore(data, work.spec.owner)
    store.adopt()
    store.forget_rewound()
    facts = manifest.tree.facts if manifest.tree else {}
    definitions = data / "restored-jobs.yaml"
    definitions.write_text(str(facts.get("jobs", "")), encoding="utf-8")
    reads = [
        f"{topic}-{partition} to {offset}"
        for job in facts.get("checkpoints", {}).values()
        for topic, several in job["reads"].items()
        for partition, offset in several.items()
    ]
    app = work.spec.unit.partition("/")[0]
    return (
        f"What was there is in {aside}. The jobs as they were declared are in {definitions}: "
        f"`juju config {app} jobs=@...`. Their checkpoints have read "
        f"{', '.join(reads) or 'nothing'}: restore Kafka from a backup of that time or "
        "later, or let rewind-jobs have them go on where it ends; then start-job."
    )


VERB = restoring(
    prepare,
    put,
    Spec,
    "Puts a backup of checkpoints, programs, event logs and Parquet files back.",
)
