# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju run spark/0 submit name=NAME script=PATH`: run your own PySpark program, supervised."""

import shlex
from pathlib import Path
from typing import Annotated

import pydantic

from cluster import Spark
from dataops.operations import Context, OperationError, Params, Result, Verb
from job_store import JobStore
from jobs import Name
from observed import Observed
from plan import RunProgram, cluster_of


class Submit(Params):
    """The program: a file on the unit, or the resource ``script``.

    Attributes:
        args: words; an action has them in one text, as in a shell: Juju 4.0 passes no list on.
    """

    name: Name
    script: str = ""
    args: tuple[str, ...] = ()
    cores: Annotated[int, pydantic.Field(ge=1, le=64)] = 1

    @pydantic.field_validator("args", mode="before")
    @classmethod
    def _words(cls, given: object) -> object:
        return shlex.split(given) if isinstance(given, str) else given


class Accepted(Result):
    """Where it runs, and where to read what it prints."""

    job: str
    unit: str
    log: str


def run(context: Context[Observed, Spark, Submit]) -> Accepted:
    """Keep a copy of the program, then start it.

    Raises:
        OperationError: it cannot be run; the message names the next move.
    """
    observed, params = context.observed, context.params
    cluster = cluster_of(observed)
    if cluster is None or observed.data is None:
        raise OperationError(f"Spark is not ready: see juju status {observed.unit}")
    if params.name in {job.name for job in observed.agreement.declared}:
        raise OperationError(f"A declared job is called {params.name}: choose another name")
    program = _program(observed, params.script)
    store = JobStore(observed.data, context.workload.user)
    submitted = store.submit(params.name, program, params.args, params.cores)
    store.start(params.name)
    context.workload.apply(RunProgram(submitted, cluster))
    log = context.workload.paths.log / f"job-{params.name}.log"
    return Accepted(job=params.name, unit=observed.unit, log=str(log))


def _program(observed: Observed, script: str) -> Path:
    if script:
        if not Path(script).is_file():
            raise OperationError(f"No file {script} on {observed.unit}: copy it there (juju scp)")
        return Path(script)
    if observed.script is None:
        app = observed.application
        raise OperationError(
            f"No script: give script=PATH, or juju attach-resource {app} script=./program.py"
        )
    return observed.script


VERB = Verb(
    name="submit",
    description="Runs your own PySpark program on this unit, supervised, as a job.",
    run=run,
    params=Submit,
    result=Accepted,
)
