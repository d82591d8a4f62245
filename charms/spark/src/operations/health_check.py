# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju run spark/0 health-check`: the daemons, the storage and every job of this unit."""

from collections.abc import Iterator

from cluster import Spark
from dataops.operations import Check, Context, NoParams, checking, probe
from observed import Observed
from pages import read
from plan import cluster_of, wanted

_LEAST_FREE = 256 * 2**20


def checks(context: Context[Observed, Spark, NoParams]) -> Iterator[Check]:
    """What was seen, by asking the processes themselves."""
    observed, spark = context.observed, context.workload
    app = observed.application
    java_move = "sudo apt-get install --yes openjdk-17-jre-headless"
    yield probe("java", lambda: str(spark.installation.java_home), java_move)
    master_move = f"juju debug-log, and {spark.paths.log}/master.log on the leader"
    yield probe("master", lambda: _master(observed), master_move)
    worker_move = f"see {spark.paths.log}/worker.log on {observed.unit}"
    yield probe("worker", lambda: _worker(observed), worker_move)
    if observed.leader:
        history_move = f"see {spark.paths.log}/history.log on {observed.unit}"
        yield probe("history-server", lambda: _history(observed), history_move)
    yield probe("storage", lambda: _storage(observed, spark), "make room, or add a unit")
    if observed.agreement.declared:
        kafka_move = f"juju integrate {app}:kafka kafka:kafka-client"
        yield probe("kafka-credentials", lambda: _credentials(observed), kafka_move)
    for name in sorted(wanted(observed)):
        job_move = f"see {spark.paths.log}/job-{name}.log on {observed.unit}"
        yield probe(f"job-{name}", lambda name=name: _job(spark, name), job_move)


def _master(observed: Observed) -> str:
    address = observed.agreement.master
    found = read(f"{observed.page(address, observed.ports.master_ui)}/json/", observed.ca, 10)
    alive, known = found["aliveworkers"], len(observed.addresses)
    if found["status"] != "ALIVE" or alive < known:
        raise RuntimeError(f"{found['status']} with {alive} of {known} workers")
    return f"alive at {found['url']} with {alive} workers, {found['coresused']} cores in use"


def _worker(observed: Observed) -> str:
    port = observed.ports.worker_ui(observed.number)
    found = read(f"{observed.page(observed.address, port)}/json/", observed.ca, 10)
    return f"{found['coresused']} of {found['cores']} cores in use, master {found['masterurl']}"


def _history(observed: Observed) -> str:
    history = observed.page(observed.address, observed.ports.history)
    found = read(f"{history}/api/v1/applications?limit=50", observed.ca, 10)
    return f"knows {len(found)} applications"


def _storage(observed: Observed, spark: Spark) -> str:
    if observed.data is None:
        raise RuntimeError("storage data is not attached")
    free = spark.free(observed.data)
    if free < _LEAST_FREE:
        raise RuntimeError(f"{free // 2**20} MB left at {observed.data}")
    return f"{free // 2**20} MB free"


def _credentials(observed: Observed) -> str:
    jobs = observed.agreement.declared
    topics = {j.input.topic for j in jobs} | {j.output.topic for j in jobs if j.output.topic}
    if missing := sorted(topics - set(observed.accesses)):
        raise RuntimeError(f"none for {', '.join(missing)}")
    return f"for {', '.join(sorted(topics))}" if cluster_of(observed) else "not in use yet"


def _job(spark: Spark, name: str) -> str:
    if not spark.job_running(name):
        raise RuntimeError("its process is not there")
    progress = spark.progress(name)
    if progress.state == "failed":
        raise RuntimeError(progress.reason)
    if progress.late_rows:
        return f"{progress.state}, {progress.lag} behind, {progress.late_rows} late rows left out"
    return f"{progress.state} {progress.reason}".strip() + f", {progress.lag} records behind"


VERB = checking("Looks at Java, the daemons, the storage and every job of this unit.", checks)
