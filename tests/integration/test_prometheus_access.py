# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Nobody asks Prometheus without a password, and all passwords change while it is asked."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jubilant
import pytest
import requests

from tests.integration.processes import eventually, one_of_unit
from tools.demo import pipeline

CHARMS = Path(__file__).resolve().parent.parent.parent / "charms"


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """Prometheus, and day2 which asks it; no Java machine."""
    for name in ("prometheus-bridge", "day2", "certificates"):
        path = CHARMS / name / f"{name}_amd64.charm"
        juju.deploy(path, "prometheus" if name == "prometheus-bridge" else name)
    juju.integrate("day2:prometheus", "prometheus:query")
    juju.integrate("day2:operations", "prometheus:operations")
    juju.wait(
        lambda status: jubilant.all_active(status, "prometheus", "certificates"),
        error=jubilant.any_error,
        timeout=300,
        delay=1,
    )
    return juju


def asked(page: str, login: tuple[str, str] | None, ca: str | bool = True) -> int:
    """How Prometheus answers a query: the status code."""
    answer = requests.get(
        f"{page}/api/v1/query", {"query": "up"}, auth=login, timeout=10, verify=ca
    )
    return answer.status_code


def day2_asks(model: jubilant.Juju) -> bool:
    """Whether day2 gets an answer of Prometheus: its health check asks it for every target."""
    number = int(model.run("day2/leader", "health-check").results["operation"])

    def ended() -> dict[str, Any] | None:
        told = model.run("day2/leader", "show-operation", {"id": number}).results
        return told if told["status"] in ("completed", "failed") else None

    told = eventually(ended, 60, "the health check ends")
    return told["status"] == "completed"


def test_only_who_logs_in_is_answered(model: jubilant.Juju) -> None:
    page, login = pipeline.prometheus(model)
    assert asked(page, None) == 401
    assert asked(page, (login[0], "wrong")) == 401
    assert asked(page, login) == 200
    eventually(lambda: day2_asks(model), 60, "day2 asks with the user of its own")


def test_all_passwords_change_while_it_is_asked(model: jubilant.Juju) -> None:
    page, before = pipeline.prometheus(model)
    pid = one_of_unit("prometheus/0", model.show_model().model_uuid, "--web.config.file").pid
    told = model.run("prometheus/leader", "rotate-passwords", {"quiet": 5}).results
    assert told["status"] == "running"
    _, after = eventually(
        lambda: (found := pipeline.prometheus(model))[1] != before and found, 60, "new ones"
    )
    assert asked(page, after) == 200
    assert day2_asks(model)
    codes: set[int] = set()
    deadline = time.monotonic() + 120
    while 401 not in codes and time.monotonic() < deadline:
        codes.add(asked(page, before))
        # Whoever has the new password is let in at every moment.
        assert asked(page, after) == 200
    assert 401 in codes, "the old password is refused at last"
    ended = eventually(
        lambda: model.run("prometheus/leader", "rotate-passwords", {"quiet": 5}).results,
        60,
        "it says how it ended",
    )
    assert "every old one is refused" in ended["summary"]
    assert day2_asks(model)
    assert before[1] not in str(ended) and after[1] not in str(ended)
    uuid = model.show_model().model_uuid
    assert one_of_unit("prometheus/0", uuid, "--web.config.file").pid == pid


def test_with_a_certificate_the_address_is_https(model: jubilant.Juju, tmp_path: Path) -> None:
    model.integrate("prometheus:certificates", "certificates")
    found = eventually(
        lambda: (
            (told := model.run("prometheus/leader", "get-credentials").results)["url"].startswith(
                "https"
            )
            and told
        ),
        120,
        "it is https",
    )
    ca = tmp_path / "ca.pem"
    ca.write_text(found["ca"])
    login = found["username"], found["password"]
    eventually(lambda: asked(found["url"], login, str(ca)) == 200, 60, "it is trusted")
    assert asked(found["url"], None, str(ca)) == 401
    eventually(lambda: day2_asks(model), 60, "day2 trusts it as well")
