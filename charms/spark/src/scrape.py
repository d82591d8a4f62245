# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where Prometheus finds the metrics of every process; pure, and declared by the leader."""

from collections.abc import Iterator, Mapping
from typing import Any

from agreement import number
from observed import Observed

ScrapeJob = Mapping[str, Any]


def scrape_jobs(observed: Observed) -> tuple[ScrapeJob, ...]:
    """One scrape job per kind of process.

    Each unit has ports of its own, so that targets are named and no wildcard is used.
    """
    return tuple(_scrape_jobs(observed))


def _scrape_jobs(observed: Observed) -> Iterator[ScrapeJob]:
    ports, addresses = observed.ports, observed.addresses
    if observed.agreement.master:
        master = {f"{observed.agreement.master}:{ports.master_ui}": {"juju_unit": observed.unit}}
        yield _job("master", "/metrics/master/prometheus/", master)
    workers = {
        f"{address}:{ports.worker_ui(number(unit))}": {"juju_unit": unit}
        for unit, address in sorted(addresses.items())
    }
    yield _job("worker", "/metrics/prometheus/", workers)
    placed = [
        (name, place, addresses[place.unit])
        for name, place in sorted(observed.agreement.placements.items())
        if place.unit in addresses
    ]
    if not placed:
        return
    labels = {name: {"juju_unit": p.unit, "spark_job": name} for name, p, _ in placed}
    drivers = {f"{a}:{ports.driver_ui(p.slot)}": labels[n] for n, p, a in placed}
    jobs = {f"{a}:{ports.job_metrics(p.slot)}": labels[n] for n, p, a in placed}
    yield _job("driver", "/metrics/prometheus/", drivers)
    yield _job("executor", "/metrics/executors/prometheus/", drivers)
    yield _job("job", "/metrics", jobs)


def _job(name: str, path: str, targets: Mapping[str, Mapping[str, str]]) -> ScrapeJob:
    return {
        "job_name": name,
        "metrics_path": path,
        "static_configs": [
            {"targets": [target], "labels": dict(labels)} for target, labels in targets.items()
        ],
    }
