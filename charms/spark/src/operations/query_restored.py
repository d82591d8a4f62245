# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A query over the cluster of a rehearsal, and what it read against what was backed up."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pydantic

from cluster import Spark
from dataops.backup.rehearsed import Readable
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Scope, Work
from installation import SYSTEM_PYTHON
from observed import Observed

if TYPE_CHECKING:
    from dataops.backup.scratch import Scratch

PLACE = "rehearsal"
Mode = Literal["key", "query"]


class QueryRestored(Params):
    """What to do, and for the query itself what to read."""

    mode: Mode = pydantic.Field(
        default="query",
        description="key: make a key for one rehearsal, whose public half is the answer. "
        "query: read with it. clear-rehearsal removes the key of one that never came to that.",
    )
    restored: Readable | None = pydantic.Field(
        default=None, description="What the drill of Kafka answers as readable."
    )


class Queried(Result):
    """What was done.

    Attributes:
        summary: one sentence for the report; None where only a key was made.
        key: the public half of the key, PEM.
        partitions, records: that Spark read, and found to be those of the backup.
        seconds: it took, with the start of Spark.
    """

    summary: str | None = None
    key: str | None = None
    partitions: int | None = None
    records: int | None = None
    seconds: float | None = None


class Spec(pydantic.BaseModel):
    """What the work is told; the key is a file that only the workload's user reads."""

    mode: Mode
    unit: str
    place: Path
    user: str | None
    restored: Readable | None = None
    spark_home: Path = Path()
    python_path: Path = Path()
    java_home: Path = Path()
    jars: tuple[Path, ...] = ()
    address: str = ""
    memory: str = ""


def prepare(context: Context[Observed, Spark, QueryRestored]) -> Spec:
    """Where everything is."""
    o, params, spark = context.observed, context.params, context.workload
    made = spark.installation
    if o.config is None or not made.version:
        raise OperationError(f"{o.unit} has no Spark yet: see juju status {o.application}")
    if params.mode == "query" and params.restored is None:
        raise OperationError(
            "There is nothing to read: the operation dr-drill of day2 begins a rehearsal and says "
            "what is to be read of it"
        )
    return Spec(
        mode=params.mode,
        unit=o.unit,
        place=spark.paths.root / PLACE,
        user=spark.user,
        restored=params.restored,
        spark_home=made.spark_home,
        python_path=made.python_path,
        java_home=made.java_home,
        jars=made.jars,
        address=o.address,
        memory=o.config.driver_memory,
    )


def work(work: Work[Spec]) -> Queried:
    """Does it; a query leaves nothing behind, however it ends."""
    from dataops.backup.scratch import Scratch
    from restored_reading import make_key

    spec = work.spec
    scratch = Scratch(spec.place, spec.user)
    if spec.mode == "key":
        spec.place.parent.mkdir(parents=True, exist_ok=True)
        return Queried(key=make_key(scratch, spec.user))
    try:
        return _queried(work, scratch)
    finally:
        scratch.clear()


def _queried(work: Work[Spec], scratch: Scratch) -> Queried:
    import restored_reading as reading
    from dataops.backup.scratch import ScratchError

    spec = work.spec
    assert spec.restored is not None
    if not spec.restored.portions:
        return Queried(summary=f"{spec.unit}: the backup has no record to read.", records=0)
    programs = reading.Programs(
        spark_home=spec.spark_home,
        python_path=spec.python_path,
        java_home=spec.java_home,
        python=SYSTEM_PYTHON,
        jars=spec.jars,
        address=spec.address,
        memory=spec.memory,
    )
    work.progress(f"reads {len(spec.restored.portions)} partitions with Spark")
    began = time.monotonic()
    try:
        count, problems = reading.run(
            scratch, spec.user, spec.restored, programs, work.end_if_cancelled
        )
    except (reading.NoKeyError, ScratchError) as error:
        raise OperationError(f"{error}. Begin again: juju run day2/leader dr-drill") from None
    seconds = time.monotonic() - began
    if problems:
        raise OperationError(f"A Spark query does not find what was backed up: {problems[0]}")
    partitions = len(spec.restored.portions)
    return Queried(
        summary=(
            f"{spec.unit}: a Spark query reads {count} records of {partitions} partitions from "
            f"the restored cluster, and they are those of the backup: {seconds:.1f} s with the "
            "start of Spark."
        ),
        partitions=partitions,
        records=count,
        seconds=round(seconds, 2),
    )


VERB = JobVerb(
    name="query-restored",
    description="Reads from the cluster of a rehearsal with a Spark query, and compares.",
    prepare=prepare,
    work=work,
    params=QueryRestored,
    spec=Spec,
    result=Queried,
    scope=Scope.LEADER,
)
