# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a change of all passwords costs: `python -m tests.benchmarks.rotation [CLIENTS ...]`.

One broker with 1, then 5, then 20 applications that have credentials. A client of one of them
writes 200 records a second: it goes over to its new credentials as soon as it is told of them, as
a program outside the model does. Measured are the time from the command until every old password
was seen to be refused, and the longest time between two acknowledgements meanwhile. Prints one
JSON line, and fails when the time of a client more grows with their number, when the gap does, or
when anything was lost, duplicated or refused.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import jubilant

from tests.benchmarks.own_engine import own_engine, wait_active
from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.processes import eventually
from tools.demo import feed, pipeline

MODEL = "rotation"
CHARMS = pipeline.ROOT / "charms"
# The time of a client more, between the last two sizes, against that between the first two.
LINEAR_LIMIT = 2.0
# The longest gap of the last size, against that of the first, and what is too short to compare.
GAP_LIMIT, GAP_FLOOR_MS = 2.0, 250.0
PATIENCE = 900.0


def customer(number: int) -> str:
    """The application with this number; the first one's client writes."""
    return f"customer{number}"


def relate(juju: jubilant.Juju, first: int, last: int) -> None:
    """Have the applications from one number to another."""
    for number in range(first, last + 1):
        config = {"topic": f"orders{number}", "extra-user-roles": "producer,consumer"}
        path = CHARMS / "data-access" / "data-access_amd64.charm"
        juju.deploy(path, customer(number), config=config)
        juju.integrate(f"{customer(number)}:kafka", "kafka:kafka-client")


def rotate(juju: jubilant.Juju, first: int) -> dict[str, Any]:
    """One change of all passwords under load.

    Args:
        juju: the model.
        first: number of the first record that the client writes.
    """
    before = pipeline.credentials(juju, customer(1))
    with Writer(before, first=first) as old:
        old.progress(200)
        old.longest_gap = 0.0
        begun = time.monotonic()
        juju.run("kafka/leader", "rotate-passwords", {"quiet": 0})
        after = eventually(
            lambda: (new := pipeline.credentials(juju, customer(1))) != before and new,
            PATIENCE,
            "new credentials",
        )
        with Writer(after, first=first + 1_000_000) as new:
            new.progress(100)
            old.__exit__(None, None, None)
            ended = eventually(lambda: finished(juju), PATIENCE, "the change ends")
            took = time.monotonic() - begun
            new.progress(100)
    seen = read_all(after)
    nothing_lost(old, seen)
    nothing_lost(new, seen)
    gap = max(old.longest_gap, new.longest_gap)
    changed = json.loads(ended["credentials"])
    assert all(one["refused"] for one in changed)
    return {"clients": len(changed), "seconds": round(took, 1), "gap_ms": round(gap * 1000, 1)}


def finished(juju: jubilant.Juju) -> dict[str, Any] | None:
    """The verb's result; None while it waits."""
    told = juju.run("kafka/leader", "rotate-passwords", {"quiet": 0}).results
    return told if "summary" in told else None


def measured(juju: jubilant.Juju, client: Any, sizes: list[int]) -> Iterator[dict[str, Any]]:
    """A change of passwords at each size."""
    there = 0
    for turn, size in enumerate(sizes):
        relate(juju, there + 1, size)
        wait_active(client, MODEL, *(f"{customer(n)}/0" for n in range(1, size + 1)))
        there = size
        if turn == 0:
            feed.partitions(pipeline.credentials(juju, customer(1)))
        yield rotate(juju, turn * 2_000_000)


def judge(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all sizes."""
    pairs = itertools.pairwise(found)
    each = [(b["seconds"] - a["seconds"]) / (b["clients"] - a["clients"]) for a, b in pairs]
    growth = each[-1] / max(each[0], 0.1) if len(each) > 1 else 1.0
    gaps = [max(one["gap_ms"], GAP_FLOOR_MS) for one in found]
    return {
        "benchmark": "rotation",
        "sizes": found,
        "seconds_per_client_more": [round(one, 2) for one in each],
        "growth": round(growth, 2),
        "growth_limit": LINEAR_LIMIT,
        "gap_ratio": round(gaps[-1] / gaps[0], 2),
        "gap_limit": GAP_LIMIT,
        "within": growth <= LINEAR_LIMIT and gaps[-1] / gaps[0] <= GAP_LIMIT,
    }


def main(*sizes: int) -> int:
    with own_engine() as (client, _):
        juju = jubilant.Juju(model=MODEL, cli_binary=str(pipeline.juju().cli_binary))
        juju.cli("add-model", MODEL, include_model=False)
        juju.deploy(CHARMS / "certificates" / "certificates_amd64.charm")
        juju.deploy(CHARMS / "kafka" / "kafka_amd64.charm", config={"heap": "384m"})
        juju.integrate("kafka:certificates", "certificates:certificates")
        wait_active(client, MODEL, "kafka/0")
        found: list[dict[str, Any]] = []
        for one in measured(juju, client, list(sizes) or [1, 5, 20]):
            print(json.dumps(one), file=sys.stderr, flush=True)
            found.append(one)
    verdict = judge(found)
    print(json.dumps(verdict))
    return 0 if verdict["within"] else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
