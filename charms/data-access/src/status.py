# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to statuses, each with the operator's next move. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import ops

from observed import Config, Observed


def statuses(observed: Observed) -> Iterator[ops.StatusBase]:
    """Every status that holds; the worst of them is shown."""
    app = observed.application
    for problem in observed.config_problems:
        option = problem.partition(" ")[0]
        yield ops.BlockedStatus(f"Option {problem}; set it: juju config {app} {option}=...")
    if observed.config is None:
        return
    if not observed.config.topic:
        yield ops.BlockedStatus(f"No topic: juju config {app} topic=<name>")
    elif not observed.related:
        yield ops.BlockedStatus(f"No Kafka: juju integrate {app} kafka:kafka-client")
    elif observed.access is None:
        kafka = observed.related
        topic = observed.config.topic
        yield ops.WaitingStatus(f"Waiting for {kafka} to grant {topic}: juju status {kafka}")
    else:
        yield ops.ActiveStatus(_summary(app, observed.config))


def _summary(app: str, config: Config) -> str:
    roles = ", ".join(sorted(config.extra_user_roles))
    return f"{config.topic} ({roles}): juju run {app}/leader get-credentials"
