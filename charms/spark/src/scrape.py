# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where Prometheus finds the metrics of every process; pure, and declared by the leader."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from agreement import number
from observed import Observed
from ports import secure

ScrapeJob = Mapping[str, Any]


def scrape_jobs(observed: Observed) -> tuple[ScrapeJob, ...]:
    """One scrape job per kind of process.

    Each unit has ports of its own, so that targets are named and no wildcard is used.
    """
    return tuple(_scrape_jobs(observed))


def expiring(observed: Observed, unit: str) -> Mapping[str, int]:
    """The ports by which the certificate of a unit is told apart from others, by daemon."""
    ports = observed.ports
    found = {"worker": ports.worker_ui(number(unit))}
    if observed.addresses.get(unit) == observed.agreement.master:
        found |= {"master": ports.master_ui, "history": ports.history}
    return {name: secure(port) for name, port in found.items()}


def _scrape_jobs(observed: Observed) -> Iterator[ScrapeJob]:
    ports, addresses = observed.ports, observed.addresses
    at = secure if observed.https else int
    job = functools.partial(_job, observed.ca)
    if observed.agreement.master:
        master = {
            f"{observed.agreement.master}:{at(ports.master_ui)}": {"juju_unit": observed.unit}
        }
        yield job("master", "/metrics/master/prometheus/", master)
    workers = {
        f"{address}:{at(ports.worker_ui(number(unit)))}": {"juju_unit": unit}
        for unit, address in sorted(addresses.items())
    }
    yield job("worker", "/metrics/prometheus/", workers)
    placed = [
        (name, place, addresses[place.unit])
        for name, place in sorted(observed.agreement.placements.items())
        if place.unit in addresses
    ]
    if not placed:
        return
    labels = {name: {"juju_unit": p.unit, "spark_job": name} for name, p, _ in placed}
    drivers = {f"{a}:{at(ports.driver_ui(p.slot))}": labels[n] for n, p, a in placed}
    jobs = {f"{a}:{ports.job_metrics(p.slot)}": labels[n] for n, p, a in placed}
    yield job("driver", "/metrics/prometheus/", drivers)
    yield job("executor", "/metrics/executors/prometheus/", drivers)
    yield job("job", "/metrics", jobs)


def _job(ca: str, name: str, path: str, targets: Mapping[str, Mapping[str, str]]) -> ScrapeJob:
    tls = {"scheme": "https", "tls_config": {"ca_file": ca}} if ca else {}
    return {
        **tls,
        "job_name": name,
        "metrics_path": path,
        "static_configs": [
            {"targets": [target], "labels": dict(labels)} for target, labels in targets.items()
        ],
    }
