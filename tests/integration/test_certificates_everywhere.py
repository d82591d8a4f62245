# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every certificate of a small model changes, and who trusted the old ones still gets in."""

from __future__ import annotations

import datetime
import http.client
import json
import ssl
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jubilant
import psutil
import pytest

from dataops.certificates import ask_port, refusal
from dataops.host.packages import find_java
from tests.integration.certified import hand_out, served
from tests.integration.processes import eventually, kill_all, one_of_unit

CHARMS = Path(__file__).resolve().parent.parent.parent / "charms"
# Of Spark the master's pages stand for all: its renewal has ended when every port is proved.
PORTS = {"prometheus": 9090, "object-storage": 9000, "spark": 8480}
SPARK = {"worker": 8500, "master": 8480, "history": 18480}


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju, charm: Callable[[str], Path]) -> jubilant.Juju:
    """All that serves TLS beside Kafka, and day2; with Spark somebody who runs drivers on it."""
    for name in ("certificates", "prometheus-bridge", "object-storage", "spark", "day2"):
        path = CHARMS / name / f"{name}_amd64.charm"
        juju.deploy(path, "prometheus" if name == "prometheus-bridge" else name)
    juju.deploy(charm("notebook"), "notebook")
    juju.integrate("notebook:spark", "spark:spark-master")
    juju.integrate("spark:monitoring", "prometheus:monitoring")
    for name in PORTS:
        juju.integrate(f"{name}:certificates", "certificates")
        juju.integrate(f"{name}:operations", "day2:operations")
    juju.integrate("certificates:operations", "day2:operations")
    juju.integrate("object-storage:monitoring", "prometheus:monitoring")
    juju.wait(
        lambda status: jubilant.all_active(status, "certificates", "notebook", *PORTS),
        error=jubilant.any_error,
        timeout=600,
        delay=2,
    )
    host = address(juju, "spark")
    # Its processes are there, and begin to listen some seconds later.
    eventually(
        lambda: all(ask_port(host, port) for port in SPARK.values()), 120, "Spark serves TLS"
    )
    return juju


def address(model: jubilant.Juju, application: str) -> str:
    (unit,) = model.status().apps[application].units.values()
    return unit.public_address


def root(model: jubilant.Juju) -> str:
    """The authority as clients outside the model are told of it, PEM."""
    found = model.run("certificates/leader", "get-ca-certificate").results
    return next(text for text in found.values() if "BEGIN CERTIFICATE" in str(text))


def listed(model: jubilant.Juju) -> dict[tuple[str, int], dict[str, Any]]:
    """Every certificate of the model by unit and port, as day2 has asked for it."""
    number = int(model.run("day2/leader", "list-certificates").results["operation"])
    eventually(
        lambda: (
            model.run("day2/leader", "show-operation", {"id": number}).results["status"]
            == "completed"
        ),
        180,
        "every application has answered",
    )
    told = model.run("day2/leader", "show-certificates").results
    return {(one["unit"], one["port"]): one for one in json.loads(told["certificates"])}


def renewed(model: jubilant.Juju, unit: str) -> Mapping[str, Any]:
    """The result of a renewal: the same command is given until it has ended."""
    return eventually(
        lambda: "serial" in (told := model.run(unit, "renew-certificates").results) and told,
        180,
        "the renewal is proved",
    )


def prometheus(model: jubilant.Juju) -> psutil.Process:
    return one_of_unit("prometheus/0", model.show_model().model_uuid, "--web.listen-address")


def told_to_prometheus(model: jubilant.Juju, application: str) -> float:
    """Until when Prometheus believes that application's certificate to be good; Unix seconds."""
    query = f'tls_certificate_not_after_timestamp_seconds{{juju_application="{application}"}}'
    told = model.run("prometheus/0", "query", {"query": query}).results
    found = {float(one["value"][1]) for one in json.loads(told["result"])}
    return found.pop() if len(found) == 1 else 0.0


def test_every_certificate_is_renewed_and_who_trusted_the_old_ones_gets_in(
    model: jubilant.Juju,
) -> None:
    old_root, process = root(model), prometheus(model)
    before = listed(model)
    assert set(before) == {
        ("prometheus/0", 9090), ("object-storage/0", 9000), ("certificates/leader", 0),
        *(("spark/0", port) for port in SPARK.values()),
    }  # fmt: skip
    # A client of before, with its one connection.
    trusting = ssl.create_default_context(cadata=old_root)
    client = http.client.HTTPSConnection(
        address(model, "prometheus"), 9090, timeout=20, context=trusting
    )
    client.request("GET", "/-/ready")
    client.getresponse().read()
    for application, port in PORTS.items():
        done = renewed(model, f"{application}/0")
        was = before[f"{application}/0", port]["serial"]
        assert done["old"] == was != done["serial"] == served(model, application, port).serial
        assert refusal(address(model, application), port, old_root) == ""
    # The connection was not broken, and neither was the process restarted.
    client.request("GET", "/-/ready")
    assert client.getresponse().status in (200, 401)
    client.close()
    assert prometheus(model) == process
    after = listed(model)
    for application, port in PORTS.items():
        now = after[f"{application}/0", port]
        assert now["serial"] == served(model, application, port).serial
        assert before["certificates/leader", 0]["subject"] in now["trusts"]
        end = served(model, application, port).not_after.timestamp()
        eventually(
            lambda a=application, e=end: told_to_prometheus(model, a) == e,
            120,
            "Prometheus knows the new end",
        )
    told = model.run("object-storage/leader", "health-check").results
    assert "written, read and removed" in json.dumps(told)
    eventually(lambda: spark_is_well(model), 60, "the worker has found the master again")


def spark_is_well(model: jubilant.Juju) -> bool:
    told = json.dumps(model.run("spark/leader", "health-check").results)
    return "alive at spark://" in told and "knows" in told


def test_prometheus_scrapes_the_pages_of_spark_by_whom_they_are_trusted(
    model: jubilant.Juju,
) -> None:
    def up() -> float:
        query = 'sum(up{juju_application="spark"})'
        told = model.run("prometheus/0", "query", {"query": query}).results
        found = json.loads(told["result"])
        return float(found[0]["value"][1]) if found else 0.0

    eventually(lambda: up() == 2, 120, "Prometheus reads those of the master and of the worker")


def test_a_driver_of_another_application_counts_before_and_after_a_change_of_the_secret(
    model: jubilant.Juju,
) -> None:
    where = model.exec("realpath ../workload/spark/python", unit="spark/0").stdout.strip()
    java = str(find_java().resolve().parent.parent)

    def count(numbers: int) -> Mapping[str, Any]:
        params = {"numbers": numbers, "python-path": where, "java-home": java}
        return model.run("notebook/0", "count", params).results

    told = count(1234)
    assert (told["counted"], told["works-with"]) == ("1234", "rpc.1")
    assert told["web-url"] == f"https://{address(model, 'spark')}:8480"
    eventually(
        lambda: "credentials" in model.run("spark/leader", "rotate-passwords").results,
        180,
        "the old secret is refused, and the notebook has taken the new one",
    )
    told = count(4321)
    assert (told["counted"], told["works-with"]) == ("4321", "rpc.2")


def test_another_root_is_introduced_signs_and_is_the_only_one(model: jubilant.Juju) -> None:
    old_root = root(model)

    def moved(phase: str) -> dict[str, Any] | None:
        told = model.run("certificates/leader", "replace-ca", {"phase": phase}).results
        return told if "authority" in told else None

    def replace(phase: str) -> dict[str, Any]:
        return eventually(lambda: moved(phase), 120, f"{phase} is done")

    def trusted(authority: str, *, yes: bool) -> None:
        for application in PORTS:
            params = {"authority": authority, "trusted": yes}
            eventually(
                lambda a=application, p=params: (
                    "trusts" in model.run(f"{a}/0", "check-trust", p).results
                ),
                120,
                f"{application} trusts as asked",
            )

    old = listed(model)["certificates/leader", 0]["subject"]
    new = replace("introduce")["authority"]
    trusted(new, yes=True)
    replace("switch")
    for application, port in PORTS.items():
        renewed(model, f"{application}/0")
        assert served(model, application, port).issuer == new
        # Who knows the old root alone is led to it by the chain.
        assert refusal(address(model, application), port, old_root) == ""
    # The charm itself works with its store throughout.
    told = model.run("object-storage/leader", "health-check").results
    assert "written, read and removed" in json.dumps(told)
    replace("finish")
    trusted(old, yes=False)
    new_root = root(model)
    for application, port in PORTS.items():
        # The link to the old root goes from the chain: who reads its key store once begins anew.
        host = address(model, application)
        eventually(
            lambda h=host, p=port: refusal(h, p, new_root) == "", 120, f"{application} is trusted"
        )


@pytest.mark.long
def test_what_expires_while_everything_is_down_recovers_by_itself(
    model: jubilant.Juju, tmp_path: Path, juju_binary: Path
) -> None:
    model.cli("model-config", "update-status-hook-interval=10s")
    uuid = model.show_model().model_uuid
    short = {
        name: hand_out(model, name, port, 90, tmp_path / f"{name}.json")
        for name, port in PORTS.items()
    }
    end = max(served(model, name, port).not_after for name, port in PORTS.items())
    subprocess.run([juju_binary.with_name("onebox"), "stop"], check=True, timeout=120)
    markers = {
        "prometheus": "--web.listen-address",
        "object-storage": "s3proxy",
        "spark": "deploy.",
    }
    for name, marker in markers.items():
        # The one that keeps it running first, else it starts it anew.
        for each in ("supervisord", marker):
            kill_all(f"{name}/0", uuid, each)
    eventually(lambda: datetime.datetime.now(datetime.timezone.utc) > end, 180, "it has expired")
    model.status()
    for name, port in PORTS.items():
        eventually(
            lambda n=name, p=port: served(model, n, p).serial != short[n],
            300,
            "a good one is served",
        )
        assert served(model, name, port).not_after > datetime.datetime.now(datetime.timezone.utc)
    model.wait(lambda status: jubilant.all_active(status, *PORTS), timeout=300, delay=2)
