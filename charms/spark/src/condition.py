# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How the workload is, held against what should run."""

from collections.abc import Iterator

from cluster import Spark
from observed import Condition, Observed
from plan import Role, cluster_of, roles, wanted
from ports import secure


def look(spark: Spark, observed: Observed) -> Condition:
    """The workload as it is now; touches nothing."""
    daemons = roles(observed) if cluster_of(observed) else ()
    running: dict[Role, bool] = {role: spark.running(role) for role in daemons}
    names = sorted(wanted(observed))
    return Condition(
        version=spark.installation.version,
        daemons={str(role): alive for role, alive in running.items()},
        jobs={name: spark.job_running(name) for name in names},
        progress={name: spark.progress(name) for name in names},
        taken=tuple(_taken(spark, observed, [r for r, alive in running.items() if not alive])),
        free=spark.free(observed.data) if observed.data else None,
        failure=spark.failure,
    )


def _taken(spark: Spark, observed: Observed, absent: list[Role]) -> Iterator[int]:
    """The ports of absent daemons that somebody else holds."""
    ports = observed.ports
    rpc = {"master": ports.master, "worker": ports.worker(observed.number)}
    for role in absent:
        needed = [rpc.get(role, 0), observed.uis[role]]
        if observed.https:
            needed.append(secure(observed.uis[role]))
        yield from (port for port in needed if port and spark.taken(observed.address, port))
