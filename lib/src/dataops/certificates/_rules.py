# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Until when certificates are good, as Prometheus reads it. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

METRIC = "tls_certificate_not_after_timestamp_seconds"


def expiry_rules(
    labels: Mapping[str, str], ports: Mapping[str, int], not_after: datetime.datetime
) -> dict[str, Any]:
    """A group of recording rules that tell when the certificate of a unit's ports expires.

    A workload that has no such metric of its own, and could not be asked any more once its
    certificate has expired, tells it this way: Prometheus knows the date by itself.

    Args:
        labels: of whom: its topology, and the `juju_unit` whose it is.
        ports: by what they are for.
        not_after: of the certificate, UTC.
    """
    whose = labels.get("juju_unit") or labels.get("juju_application", "")
    rules = [
        {
            "record": METRIC,
            "expr": f"vector({not_after.timestamp():.0f})",
            "labels": {**labels, "listener": name, "port": str(port)},
        }
        for name, port in sorted(ports.items())
    ]
    return {"name": f"{whose.replace('/', '_')}_certificates", "rules": rules}
