# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the canary costs: `python -m tests.benchmarks.canary [SECONDS]`.

Deploys three brokers on an engine of its own, lets the meter measure a quiet cluster, and prints
one JSON line: the meter's share of one core (its own threads and those of its client library), its
memory at the start and at the end, and the bytes a second it sends. Fails beyond the limits.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from pathlib import Path

import jubilant
import psutil

from dataops.evidence import Limits
from dataops.evidence.meter.orders import Orders
from tests.benchmarks.own_engine import own_engine
from tests.integration.meters import RunningMeter, login
from tools.demo import pipeline

CHARMS = Path(__file__).resolve().parent.parent.parent / "charms"
CORE_LIMIT, MEMORY_LIMIT = 3.0, 80.0
SECONDS = 120.0


def measure(access: pipeline.Credentials, directory: Path, seconds: float) -> dict[str, object]:
    """The meter's cost over some seconds of steady work."""
    directory.mkdir(mode=0o700)
    limits = Limits.model_validate({"before": "5s"})
    run = secrets.randbits(63)
    orders = Orders(run=run, deadline=time.time() + 3600, limits=limits, login=login(access))
    with RunningMeter(directory, orders) as meter:
        meter.settled()
        process = psutil.Process(meter.process.pid)
        before, memory = process.cpu_times(), process.memory_info().rss
        time.sleep(seconds)
        after, grown = process.cpu_times(), process.memory_info().rss
        evidence = meter.end()
    share = (after.user + after.system - before.user - before.system) / seconds * 100
    within = share <= CORE_LIMIT and grown / 1e6 <= MEMORY_LIMIT
    return {
        "benchmark": "canary",
        "core_percent": round(share, 2),
        "core_limit": CORE_LIMIT,
        "resident_mb": [round(memory / 1e6, 1), round(grown / 1e6, 1)],
        "memory_limit": MEMORY_LIMIT,
        "records_a_second": round(evidence.sent / evidence.seconds, 1),
        "seen": evidence.line,
        "load": round(os.getloadavg()[0], 1),
        "within": within and not evidence.failed and not evidence.lost,
    }


def main() -> int:
    """Deploy, measure; 1 when it costs too much."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with own_engine() as (_, directory):
        juju = jubilant.Juju(cli_binary=str(Path(sys.executable).with_name("juju")))
        juju.add_model("canary")
        juju.deploy(CHARMS / "certificates" / "certificates_amd64.charm")
        juju.deploy(CHARMS / "kafka" / "kafka_amd64.charm", num_units=3)
        access = {"topic": "day2-canary-*", "consumer-group-prefix": "day2-canary-"}
        juju.deploy(CHARMS / "data-access" / "data-access_amd64.charm", config=access)
        juju.integrate("kafka:certificates", "certificates")
        juju.integrate("data-access:kafka", "kafka:kafka-client")
        juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=1200, delay=2)
        granted = pipeline.credentials(juju, "data-access")
        result = measure(granted, directory / "meter", seconds)
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
