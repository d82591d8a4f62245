# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju run spark/0 rewind-jobs`: let jobs go on in a restored Kafka."""

from __future__ import annotations

import datetime
from pathlib import Path

import pydantic

from backups import storage
from cluster import Spark
from dataops.operations import Context, OperationError, Params, Result, Verb
from job_store import JobStore
from jobs import Job
from observed import Observed
from rewinding import Restored, RewindError, Rewound, back, forward

# Of those that Spark has on a disk, and not in an object store.
_FILE = "file:"


class TopicEnds(Params):
    """One topic, as list-restored-ends of Kafka tells it."""

    topic: str
    ends: tuple[int, ...]


class RewindJobs(Params):
    """Where the logs of Kafka ended when the restore let clients in."""

    topics: tuple[TopicEnds, ...] = pydantic.Field(
        description="As list-restored-ends of Kafka tells them: every topic with its ends."
    )
    at: datetime.datetime = pydantic.Field(description="When that was, as it tells it.")
    until: datetime.datetime = pydantic.Field(
        description="Up to when the backup has everything, as it tells it."
    )


class Rewinding(Result):
    """What became of the jobs.

    Attributes:
        summary: one sentence for the report.
        rewound: job, partition, and from where to where.
        stopped: jobs that cannot be rewound, and why; each is stopped until start-job.
    """

    summary: str
    rewound: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()


def run(context: Context[Observed, Spark, RewindJobs]) -> Rewinding:
    """Changes the checkpoints of this unit's declared jobs.

    Raises:
        OperationError: a job runs.
    """
    o, spark, params = context.observed, context.workload, context.params
    store = JobStore(storage(o), spark.user)
    running = [job.name for job, _ in o.homes if spark.job_running(job.name)]
    if running:
        raise OperationError(
            f"{', '.join(running)} of {o.unit} would write there: `juju run {o.unit} hold-jobs`"
        )
    ends = {one.topic: one.ends for one in params.topics}
    rewound: list[str] = []
    stopped: list[str] = []
    at, done = params.at.timestamp(), store.rewound()
    for job, _ in o.homes:
        if done.get(job.name, 0.0) >= at:
            # It has gone on since: asked again, it is left alone.
            continue
        try:
            there = Restored(ends.get(job.input.topic, ()), params.until.timestamp(), at)
            moved = _rewound(o, job, there)
        except RewindError as error:
            # What it would skip or count twice is for people to judge.
            store.stop(job.name)
            stopped.append(f"{job.name}: {error}")
        else:
            store.note_rewound(job.name, at)
            rewound += [
                f"{job.name}: {one.topic}-{one.partition} from {one.before} to {one.now}"
                for one in moved
            ]
    for line in (*rewound, *stopped):
        context.log(line)
    return Rewinding(
        summary=_summary(o, rewound, stopped), rewound=tuple(rewound), stopped=tuple(stopped)
    )


def _rewound(o: Observed, job: Job, restored: Restored) -> tuple[Rewound, ...]:
    place = storage(o) / "checkpoints" / job.name
    if job.checkpoint:
        if not job.checkpoint.startswith(_FILE):
            raise RewindError(
                f"its checkpoint is at {job.checkpoint}, where it cannot be changed from here: "
                "declare it under another name, so that it begins with a new one"
            )
        place = Path("/" + job.checkpoint.removeprefix(_FILE).lstrip("/"))
    way = forward if job.output.path else back
    return way(place, job.input.topic, restored)


def _summary(o: Observed, rewound: list[str], stopped: list[str]) -> str:
    if not rewound and not stopped:
        return f"{o.unit}: no job had read further than Kafka reaches now."
    said = [f"{o.unit}: "]
    if rewound:
        said.append(f"jobs go on in the restored Kafka: {'; '.join(rewound)}.")
    if stopped:
        said.append(f" Stopped, for they cannot be rewound: {'; '.join(stopped)}.")
    return "".join(said)


VERB = Verb(
    name="rewind-jobs",
    description="Lets jobs that had read further than a restored Kafka reaches go on in it.",
    run=run,
    params=RewindJobs,
    result=Rewinding,
)
