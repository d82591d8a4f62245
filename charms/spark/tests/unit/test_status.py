# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import ops
import pytest
from factory import AGREEMENT, observed

from agreement import Agreement
from job_progress import Progress
from observed import Condition, Observed
from status import statuses

WELL = Condition(
    version="4.2.0",
    daemons={"master": True, "worker": True, "history": True},
    jobs={"flights-hourly": True},
    progress={"flights-hourly": Progress(state="running")},
    free=10**12,
)


def shown(facts: Observed, condition: Condition = WELL) -> ops.StatusBase:
    """What Ops shows: the most urgent, the first of equals."""
    order = (ops.BlockedStatus, ops.MaintenanceStatus, ops.WaitingStatus, ops.ActiveStatus)
    return min(statuses(facts, condition), key=lambda status: order.index(type(status)))


def condition(**fields: object) -> Condition:
    return Condition(**{**vars(WELL), **fields})


def waiting(reason: str) -> dict[str, Progress]:
    return {"flights-hourly": Progress(state="waiting", reason=reason)}


CASES = {
    "all is well": (observed(), WELL, ops.ActiveStatus("1 job running")),
    "no jobs": (
        observed(agreement=AGREEMENT.model_copy(update={"jobs": ""})),
        WELL,
        ops.ActiveStatus(""),
    ),
    "a topic is not there yet": (
        observed(),
        condition(progress=waiting("topic flights does not exist yet")),
        ops.ActiveStatus("1 job running; flights-hourly waits: topic flights does not exist yet"),
    ),
    "stopped": (
        observed(stopped=frozenset({"flights-hourly"})),
        WELL,
        ops.ActiveStatus("stopped: flights-hourly"),
    ),
    "bad jobs": (
        observed(jobs_problems=("line 3, a.sql: no", "line 4, a.name: no")),
        WELL,
        ops.BlockedStatus(
            "option jobs, line 3, a.sql: no (and 1 more); 1 earlier job kept:"
            " juju config spark jobs=@jobs.yaml"
        ),
    ),
    "a bad option": (
        observed(config=None, config_problems=("option worker-cores: too few",)),
        WELL,
        ops.BlockedStatus("option worker-cores: too few: juju config spark worker-cores=..."),
    ),
    "no kafka": (
        observed(kafka_related=False, accesses={}),
        WELL,
        ops.BlockedStatus(
            "1 job declared, but no Kafka: juju integrate spark:kafka kafka:kafka-client"
        ),
    ),
    "no credentials": (
        observed(accesses={}),
        WELL,
        ops.WaitingStatus("Waiting for Kafka's credentials for flights, flights-hourly"),
    ),
    "no master": (
        observed(agreement=Agreement(), leader=False),
        WELL,
        ops.WaitingStatus("Waiting for the leader to name the master"),
    ),
    "no storage": (observed(data=None), WELL, ops.WaitingStatus("Waiting for storage data")),
    "disk full": (
        observed(),
        condition(free=12 * 2**20),
        ops.BlockedStatus("Storage data has 12 MB left at /data: make room"),
    ),
    "port taken": (
        observed(),
        condition(taken=(7077,), daemons={}),
        ops.BlockedStatus(
            "Port 7077 on 10.0.0.1 is taken by another program: free it, or"
            " juju config spark port-offset=100"
        ),
    ),
    "no Java": (
        observed(),
        condition(failure="No Java 17 or newer: run it", daemons={}),
        ops.BlockedStatus("No Java 17 or newer: run it"),
    ),
    "starting": (
        observed(),
        condition(daemons={"worker": True, "history": True}),
        ops.MaintenanceStatus("Starting the master"),
    ),
    "no place for backups": (
        observed(store_trouble="the object store has not answered"),
        condition(),
        ops.ActiveStatus("1 job running; no backups: the object store has not answered"),
    ),
    "a failing job": (
        observed(),
        condition(progress={"flights-hourly": Progress(state="failed", reason="no column x")}),
        ops.BlockedStatus("Job flights-hourly fails: no column x"),
    ),
}


@pytest.mark.parametrize(("facts", "found", "expected"), CASES.values(), ids=CASES.keys())
def test_says_what_to_do(facts: Observed, found: Condition, expected: ops.StatusBase) -> None:
    assert shown(facts, found) == expected


def test_a_worker_that_is_too_small() -> None:
    text = AGREEMENT.jobs + "  cores: 9\n"
    status = shown(observed(agreement=AGREEMENT.model_copy(update={"jobs": text})))
    assert status == ops.BlockedStatus(
        "The jobs of spark/0 need 9 cores, its worker has 4: juju config spark worker-cores=9"
    )
