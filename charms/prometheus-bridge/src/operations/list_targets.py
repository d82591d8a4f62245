# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Every scrape target, as Prometheus sees it now."""

from __future__ import annotations

from typing import Any

import pydantic

from bridge import Bridge
from dataops.operations import Context, NoParams, Result, Verb
from observed import Observed


class Target(Result):
    """One target.

    Attributes:
        job: The job's name.
        url: The address that is scraped.
        health: `up`, `down`, or `unknown` before the first scrape.
        last_scrape: When, RFC 3339.
        last_error: Why the last scrape failed; empty when it did not.
        labels: What its metrics carry.
    """

    job: str
    url: str
    health: str
    last_scrape: str = ""
    last_error: str = ""
    labels: dict[str, str] = pydantic.Field(default_factory=dict)


class Targets(Result):
    """All targets, ordered by job and address."""

    targets: tuple[Target, ...] = ()

    def action_results(self) -> dict[str, Any]:
        """The targets as JSON, and for people a count."""
        up = sum(target.health == "up" for target in self.targets)
        return {**super().action_results(), "summary": f"{up} of {len(self.targets)} up"}


def run(context: Context[Observed, Bridge, NoParams]) -> Targets:
    """Asks the API."""
    found = context.workload.api(context.observed.url, context.observed.user).targets()
    targets = [
        Target(
            job=each["labels"].get("job", each.get("scrapePool", "")),
            url=each["scrapeUrl"],
            health=each["health"],
            last_scrape=each.get("lastScrape", ""),
            last_error=each.get("lastError", ""),
            labels=each["labels"],
        )
        for each in found
    ]
    return Targets(targets=tuple(sorted(targets, key=lambda each: (each.job, each.url))))


VERB = Verb(
    name="list-targets",
    description="Every scrape target with its job, address, health, last error and labels.",
    params=NoParams,
    result=Targets,
    run=run,
)
