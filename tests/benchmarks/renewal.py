# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What customers feel of new certificates: `python -m tests.benchmarks.renewal [OPERATION...]`.

Three brokers, and three idempotent producers that together write 2,000 records a second with
acknowledgement of all copies. First nothing happens for a while; then the operations of day2 run:
`renew-certificates`, and after it `replace-ca`, which renews them once more under another
authority, unless others are named. Measured is the longest time between two acknowledgements of
any producer, in quiet windows and in windows of the same length while the certificates change: of
several such windows the worst counts. Prints one JSON line, and fails when that is more than twice
the quiet one, when anything was lost, duplicated or refused, or when a broker's process is another
one.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import jubilant

from tests.benchmarks.own_engine import own_engine, wait_active
from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.processes import eventually, one_of_unit
from tools.demo import feed, pipeline

MODEL = "renewal"
CHARMS = pipeline.ROOT / "charms"
BROKERS = ("kafka/0", "kafka/1", "kafka/2")
LIMIT = 2.0
WRITERS = 3
RATE = 2000.0
# Below this, a ratio of gaps compares the ticks of the scheduler.
FLOOR_MS = 50.0
QUIET_SECONDS = 20.0
OPERATIONS = ("renew-certificates", "replace-ca")


def deploy(juju: jubilant.Juju) -> None:
    """Three brokers with one customer, and day2."""
    for name, units in (("certificates", 1), ("kafka", 3), ("data-access", 1), ("day2", 1)):
        config = {"topic": "orders", "extra-user-roles": "producer,consumer"}
        juju.deploy(
            CHARMS / name / f"{name}_amd64.charm",
            name,
            num_units=units,
            config=config if name == "data-access" else {"heap": "320m"} if units > 1 else None,
        )
    for pair in (
        ("kafka:certificates", "certificates:certificates"),
        ("data-access:kafka", "kafka:kafka-client"),
        ("day2:kafka", "kafka:kafka-client"),
        ("day2:operations", "kafka:operations"),
        ("day2:operations", "certificates:operations"),
    ):
        juju.integrate(*pair)


def brokers(juju: jubilant.Juju) -> list[int]:
    """The process ids of all brokers."""
    uuid = juju.show_model().model_uuid
    return [one_of_unit(unit, uuid, "kafka.Kafka").pid for unit in BROKERS]


def gaps(writers: list[Writer], until: Callable[[], bool]) -> list[float]:
    """The longest gap of any writer, in ms, of each window until then."""
    found: list[float] = []
    done = False
    while not done:
        for writer in writers:
            writer.longest_gap = 0.0
        end = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < end and not (done := until()):
            time.sleep(0.5)
        found.append(max(writer.longest_gap for writer in writers) * 1000)
    return found


def run(juju: jubilant.Juju, writers: list[Writer], name: str) -> tuple[float, float]:
    """Seconds that the operation took, and the longest gap of its windows, in ms."""
    begun = time.monotonic()
    # Right after a deployment day2 may still wait for its own access.
    number = eventually(
        lambda: int(juju.run("day2/leader", name).results["operation"]), 120, f"{name} begins"
    )

    def ended() -> bool:
        told = juju.run("day2/leader", "show-operation", {"id": number}).results
        if "approve-operation" in told.get("next-command", ""):
            juju.run("day2/leader", "approve-operation", {"id": number, "step": "finish"})
        if told["status"] in ("failed", "cancelled"):
            raise SystemExit(f"{name} did not end well: {json.dumps(told)}")
        return told["status"] == "completed"

    found = gaps(writers, ended)
    return time.monotonic() - begun, max(found)


def quiet(writers: list[Writer]) -> float:
    """The longest gap of a window in which nothing happens."""
    end = time.monotonic() + QUIET_SECONDS
    return max(gaps(writers, lambda: time.monotonic() >= end - 1))


def measure(juju: jubilant.Juju, writers: list[Writer], names: Sequence[str]) -> dict[str, Any]:
    """The figures."""
    for writer in writers:
        writer.progress(1000)
    before = brokers(juju)
    rest: list[float] = []
    found: dict[str, tuple[float, float]] = {}
    for name in names:
        rest.append(quiet(writers))
        found[name] = run(juju, writers, name)
        # A run that is cut short has said so far what it saw.
        seen = {"quiet_gap_ms": rest, "gap_ms": found, "processes": [before, brokers(juju)]}
        print(json.dumps(seen), file=sys.stderr, flush=True)
    worst, still = max(gap for _, gap in found.values()), max(*rest, FLOOR_MS)
    restarted = sum(old != new for old, new in zip(before, brokers(juju), strict=True))
    return {
        "benchmark": "renewal",
        "quiet_gap_ms": [round(gap, 1) for gap in rest],
        "gap_ms": {name: round(gap, 1) for name, (_, gap) in found.items()},
        "seconds": {name: round(seconds, 1) for name, (seconds, _) in found.items()},
        "ratio": round(worst / still, 2),
        "limit": LIMIT,
        "restarted": restarted,
        "within": worst <= LIMIT * still and not restarted,
    }


def main(*names: str) -> int:
    with own_engine() as (client, _):
        juju = jubilant.Juju(model=MODEL, cli_binary=str(pipeline.juju().cli_binary))
        juju.cli("add-model", MODEL, include_model=False)
        deploy(juju)
        wait_active(client, MODEL, *BROKERS, "data-access/0", "day2/0")
        access = pipeline.credentials(juju, "data-access")
        eventually(lambda: feed.partitions(access), 120, "the topic is there")
        with contextlib.ExitStack() as stack:
            writers = [
                stack.enter_context(Writer(access, first=n * 1_000_000, rate=RATE / WRITERS))
                for n in range(WRITERS)
            ]
            verdict = measure(juju, writers, names or OPERATIONS)
        access = pipeline.credentials(juju, "data-access")
        seen = read_all(access, patience=120)
        for writer in writers:
            nothing_lost(writer, seen)
        verdict["records"] = sum(len(writer.acknowledged) for writer in writers)
    print(json.dumps(verdict))
    return 0 if verdict["within"] else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
