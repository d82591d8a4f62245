# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a customer feels of a failover: `python -m tests.benchmarks.failover [ROUNDS]`.

Three brokers, and an idempotent producer that writes 200 records a second with acknowledgement of
all copies. In each round every broker fails over by agreement (one of them leads the controllers),
and one is killed. Measured is the longest time between two acknowledgements; afterwards every
acknowledged record is read back. Prints one JSON line, and fails when a planned failover kept the
producer waiting for longer than a second, a killed broker for longer than one and a half times
the session timeout in force, or when anything was lost, duplicated or refused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import jubilant

from tests.benchmarks.own_engine import own_engine, wait_active
from tests.integration.clients import Writer, nothing_lost, read_all
from tools.demo import feed, pipeline

MODEL = "failover"
CHARMS = pipeline.ROOT / "charms"
BROKERS = ("kafka/0", "kafka/1", "kafka/2")


def deploy(juju: jubilant.Juju) -> None:
    """Three brokers with one customer."""
    for name, units in (("certificates", 1), ("kafka", 3), ("data-access", 1)):
        config = {"topic": "orders", "extra-user-roles": "producer,consumer"}
        juju.deploy(
            CHARMS / name / f"{name}_amd64.charm",
            name,
            num_units=units,
            config=config if name == "data-access" else None,
        )
    juju.integrate("kafka:certificates", "certificates:certificates")
    juju.integrate("data-access:kafka", "kafka:kafka-client")


def fail_over(juju: jubilant.Juju, writer: Writer, unit: str, mode: str) -> dict[str, Any]:
    """What the unit saw, and the longest gap that the writer felt meanwhile, in ms."""
    writer.progress(200)
    writer.longest_gap = 0.0
    answer = juju.run(unit, "failover", {"unit": unit, "mode": mode}, wait=600).results
    writer.progress(200)
    return {**answer, "mode": mode, "gap-ms": round(writer.longest_gap * 1000, 1)}


def rounds(juju: jubilant.Juju, writer: Writer, number: int) -> Iterator[dict[str, Any]]:
    """Every failover of every round."""
    for turn in range(number):
        for unit in BROKERS:
            yield fail_over(juju, writer, unit, "planned")
        yield fail_over(juju, writer, BROKERS[turn % len(BROKERS)], "crash")


def judge(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all of them, against what the operation itself promises."""
    gaps = {mode: [one for one in found if one["mode"] == mode] for mode in ("planned", "crash")}
    crashes = gaps["crash"]
    ratios = [one["gap-ms"] / float(one["session-timeout-ms"]) for one in crashes]
    moved = [one for one in found if one["controller-before"] != one["controller-after"]]
    limits = {mode: float(several[0]["gap-limit-ms"]) for mode, several in gaps.items()}
    return {
        "benchmark": "failover",
        "planned_gap_ms": [one["gap-ms"] for one in gaps["planned"]],
        "planned_limit_ms": limits["planned"],
        "crash_gap_ms": [one["gap-ms"] for one in crashes],
        "crash_gap_sessions": [round(ratio, 2) for ratio in ratios],
        "crash_limit_ms": limits["crash"],
        "controllers_moved": len(moved),
        "within": all(one["gap-ms"] <= limits[one["mode"]] for one in found),
    }


def main(number: int = 2) -> int:
    with own_engine() as (client, _):
        juju = jubilant.Juju(model=MODEL, cli_binary=str(pipeline.juju().cli_binary))
        juju.cli("add-model", MODEL, include_model=False)
        deploy(juju)
        wait_active(client, MODEL, *BROKERS, "data-access/0")
        access = pipeline.credentials(juju, "data-access")
        feed.partitions(access)
        found: list[dict[str, Any]] = []
        with Writer(access) as writer:
            for one in rounds(juju, writer, number):
                print(json.dumps(one), file=sys.stderr)
                found.append(one)
        nothing_lost(writer, read_all(access))
        verdict = {**judge(found), "records": len(writer.acknowledged)}
    print(json.dumps(verdict))
    return 0 if verdict["within"] else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
