# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""However a provider fails amid a renewal, the old certificate is served and nobody locked out."""

from __future__ import annotations

from pathlib import Path

import jubilant
import pytest

from dataops.certificates import refusal
from tests.integration.certified import authority
from tests.integration.one_broker import charm
from tests.integration.processes import eventually
from tests.integration.provider_faults import Renewing, fail_in_every_way

pytestmark = pytest.mark.long

APPLICATIONS = {"prometheus": (9090, "--web.listen-address"), "object-storage": (9000, "s3proxy")}


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """What serves TLS beside Kafka and Spark."""
    juju.deploy(charm("certificates"))
    juju.deploy(charm("prometheus-bridge"), "prometheus")
    juju.deploy(charm("object-storage"))
    for name in APPLICATIONS:
        juju.integrate(f"{name}:certificates", "certificates")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    return juju


@pytest.mark.parametrize("application", APPLICATIONS)
def test_it_serves_on_and_the_same_command_ends_it(
    model: jubilant.Juju, application: str, tmp_path: Path
) -> None:
    port, marker = APPLICATIONS[application]
    (unit,) = model.status().apps[application].units.values()
    one, root = Renewing(model, application, port, marker), authority(model).pem
    eventually(lambda: one.serial, 60, "it serves TLS")

    def gets_in() -> None:
        assert refusal(unit.public_address, port, root) == ""

    fail_in_every_way(one, tmp_path / "answer.json", gets_in)
