# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What customers feel of a change: `python -m tests.benchmarks.renewal [OPERATION...]`.

Three brokers, and three customers that together write 2,000 records a second: an idempotent
producer in Python, one in Java, and a job of Spark that writes what the first one wrote once more.
First nothing happens for a while; then the operations of day2 run, `renew-certificates` and
`rotate-passwords` unless others are named, such as `replace-ca`. Whoever is given new credentials
goes over to them. Measured is the longest time between two acknowledgements of a producer, and how
long 99 of 100 of them took, in quiet windows and in windows of the same length during the change:
of several such windows the worst counts. Prints one JSON line, and fails when the longest wait is
more than twice the quiet one, the 99th percentile more than three times, when anything was lost,
duplicated or refused, or when a broker's process is another one.

The job has no overlap where Spark has none: it begins anew and goes on from its checkpoint. Its
longest pause is told beside the others, and is no part of the limit.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import jubilant

from tests.benchmarks.customers import JOB, JavaWriter, as_json, gap_within, written
from tests.benchmarks.own_engine import own_engine, wait_active
from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.customer import Customer
from tests.integration.processes import eventually, one_of_unit
from tools.demo import feed, pipeline
from tools.demo.pipeline import Credentials

MODEL = "renewal"
CHARMS = pipeline.ROOT / "charms"
BROKERS = ("kafka/0", "kafka/1", "kafka/2")
LIMIT, P99_LIMIT = 2.0, 3.0
# Of each of three customers; together, 2,000 records a second.
RATE = 667.0
# Below this, a ratio of gaps compares the ticks of the scheduler.
FLOOR_MS = 50.0
QUIET_SECONDS = 20.0
# Asking how far the operation is costs a hook of day2.
PAUSE_SECONDS = 2.0
OPERATIONS = ("renew-certificates", "rotate-passwords")
# Of who says nothing of what he works with: our customers follow at once.
QUIET = {"rotate-passwords": {"quiet": 10}}
TOPICS = {"python": "orders", "java": "parcels", "echo": "echo"}
#: A window: its longest gap and its 99th percentile, ms.
Window = tuple[float, float]


def deploy(juju: jubilant.Juju) -> None:
    """Three brokers, the customers' access, the job, and day2."""

    def charm(name: str, app: str = "", units: int = 1, **config: str) -> None:
        path = CHARMS / name / f"{name}_amd64.charm"
        juju.deploy(path, app or name, num_units=units, config=config or None)

    charm("certificates")
    charm("kafka", units=3, heap="320m")
    charm("spark", jobs=JOB)
    charm("day2")
    for app, topic in TOPICS.items():
        charm("data-access", app, topic=topic, **{"extra-user-roles": "producer,consumer"})
        juju.integrate(f"{app}:kafka", "kafka:kafka-client")
    for pair in (
        ("kafka:certificates", "certificates:certificates"),
        ("spark:kafka", "kafka:kafka-client"),
        ("day2:kafka", "kafka:kafka-client"),
        ("day2:operations", "kafka:operations"),
        ("day2:operations", "spark:operations"),
        ("day2:operations", "certificates:operations"),
    ):
        juju.integrate(*pair)


def brokers(juju: jubilant.Juju) -> list[int]:
    """The process ids of all brokers."""
    uuid = juju.show_model().model_uuid
    return [one_of_unit(unit, uuid, "kafka.Kafka").pid for unit in BROKERS]


def windows(customers: list[Customer], until: Callable[[], bool]) -> list[Window]:
    """What the producers saw in each window until then, the worst of them."""
    found: list[Window] = []
    done = False
    while not done:
        for customer in customers:
            customer.reset()
        end = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < end and not (done := until()):
            time.sleep(PAUSE_SECONDS)
        gap = max(customer.gap_ms for customer in customers)
        found.append((gap, max(customer.p99_ms or 0.0 for customer in customers)))
    return found


def run(juju: jubilant.Juju, customers: list[Customer], name: str) -> list[Window]:
    """What the producers saw while the operation ran."""
    # Right after a deployment day2 may still wait for its own access.
    begun = eventually(
        lambda: juju.run("day2/leader", name, QUIET.get(name)).results, 120, f"{name} begins"
    )
    number = int(begun["operation"])

    def ended() -> bool:
        if name in QUIET:
            for customer in customers:
                customer.follow()
        told = juju.run("day2/leader", "show-operation", {"id": number}).results
        if "approve-operation" in told.get("next-command", ""):
            juju.run("day2/leader", "approve-operation", {"id": number, "step": "finish"})
        if told["status"] in ("failed", "cancelled"):
            raise SystemExit(f"{name} did not end well: {json.dumps(told)}")
        return told["status"] == "completed"

    return windows(customers, ended)


def quiet(customers: list[Customer]) -> list[Window]:
    """What the producers see while nothing happens."""
    end = time.monotonic() + QUIET_SECONDS
    return windows(customers, lambda: time.monotonic() >= end - PAUSE_SECONDS)


def worst(found: Sequence[Window]) -> Window:
    """The longest gap and the highest percentile of several windows."""
    return max(gap for gap, _ in found), max(p99 for _, p99 in found)


def measure(
    juju: jubilant.Juju, customers: list[Customer], names: Sequence[str]
) -> tuple[dict[str, Any], dict[str, tuple[float, float]]]:
    """The figures, and when each operation ran, Unix seconds."""
    for customer in customers:
        customer.writers[-1].progress(1000)
    before = brokers(juju)
    rest: list[Window] = []
    found: dict[str, Window] = {}
    when: dict[str, tuple[float, float]] = {}
    for name in names:
        begun = time.time()
        rest += quiet(customers)
        when[f"quiet before {name}"] = begun, (begun := time.time())
        found[name] = worst(run(juju, customers, name))
        when[name] = begun, time.time()
        # A run that is cut short has said so far what it saw.
        seen = {"quiet": rest, "seen": found, "when": when, "pids": [before, brokers(juju)]}
        print(json.dumps(seen), file=sys.stderr, flush=True)
    still, felt = worst(rest), worst(list(found.values()))
    gap, p99 = felt[0] / max(still[0], FLOOR_MS), felt[1] / max(still[1], FLOOR_MS)
    restarted = sum(old != new for old, new in zip(before, brokers(juju), strict=True))
    figures = {
        "benchmark": "renewal",
        "quiet_gap_ms": [round(one, 1) for one, _ in rest],
        "gap_ms": {name: round(one, 1) for name, (one, _) in found.items()},
        "seconds": {name: round(when[name][1] - when[name][0], 1) for name in names},
        "ratio": round(gap, 2),
        "limit": LIMIT,
        "quiet_p99_ms": round(still[1], 1),
        "p99_ms": {name: round(one, 1) for name, (_, one) in found.items()},
        "p99_ratio": round(p99, 2),
        "p99_limit": P99_LIMIT,
        "restarted": restarted,
        "within": gap <= LIMIT and p99 <= P99_LIMIT and not restarted,
    }
    return figures, when


def echoed(
    wanted: set[str], access: Credentials, when: dict[str, tuple[float, float]]
) -> dict[str, Any]:
    """What the job wrote: nothing of what it read may be missing."""

    def all_there() -> list[tuple[float, str]] | None:
        found = written(access)
        return found if wanted <= {key for _, key in found} else None

    found = eventually(all_there, 120, "the job has written everything", pause=3)
    times = [moment for moment, _ in found]
    pauses = {name: round(gap_within(times, *span), 1) for name, span in when.items()}
    return {"job_pause_s": pauses, "job_repeated": len(found) - len({key for _, key in found})}


def main(*names: str) -> int:
    with own_engine() as (client, _):
        juju = jubilant.Juju(model=MODEL, cli_binary=str(pipeline.juju().cli_binary))
        juju.cli("add-model", MODEL, include_model=False)
        deploy(juju)
        wait_active(client, MODEL, *BROKERS, "spark/0", "day2/0", *(f"{app}/0" for app in TOPICS))
        for app in TOPICS:
            access = pipeline.credentials(juju, app)
            eventually(lambda access=access: feed.partitions(access), 120, "the topic is there")
        makers = {
            "python": lambda access, turn: Writer(
                access, first=turn * 10_000_000, rate=RATE, value=as_json
            ),
            "java": lambda access, turn: JavaWriter(access, turn, RATE),
        }
        with contextlib.ExitStack() as writing:
            customers = [
                writing.enter_context(Customer(juju, app, make)) for app, make in makers.items()
            ]
            echo = pipeline.credentials(juju, "echo")
            eventually(lambda: written(echo), 180, "the job writes", pause=2)
            verdict, when = measure(juju, customers, names or OPERATIONS)
        for customer in customers:
            seen = read_all(pipeline.credentials(juju, customer.application), patience=120)
            for writer in customer.writers:
                nothing_lost(writer, seen)
        wanted = {key for writer in customers[0].writers for key in writer.acknowledged}
        verdict |= echoed(wanted, pipeline.credentials(juju, "echo"), when)
        counts = [len(writer.acknowledged) for one in customers for writer in one.writers]
        verdict["records"] = sum(counts)
    print(json.dumps(verdict))
    return 0 if verdict["within"] else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
