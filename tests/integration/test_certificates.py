# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Certificates change under load: no broker restarts, and nobody is locked out."""

from __future__ import annotations

import datetime
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jubilant
import psutil
import pytest

from dataops.certificates import ask_port
from tests.integration import one_broker
from tests.integration.certified import hand_out, served
from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.processes import eventually, kill_all, one_of_unit
from tests.integration.provider_faults import Renewing, fail_in_every_way
from tools.demo import feed, pipeline


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """One broker, a customer, what else serves TLS, and day2 that asks all of them."""
    return one_broker.deploy(
        juju,
        ("prometheus:certificates", "certificates"),
        ("object-storage:certificates", "certificates"),
        ("day2:operations", "prometheus:operations"),
        ("day2:operations", "object-storage:operations"),
        ("day2:operations", "certificates:operations"),
        ("day2:operations", "customer:operations"),
        more={"prometheus": "prometheus-bridge", "object-storage": "object-storage"},
    )


@pytest.fixture
def access(model: jubilant.Juju) -> Iterator[pipeline.Credentials]:
    """What the customer works with, and trusts, before the change."""
    given = pipeline.credentials(model, "customer")
    feed.partitions(given)
    yield given


def broker(model: jubilant.Juju) -> psutil.Process:
    uuid = model.show_model().model_uuid
    return one_of_unit("kafka/0", uuid, "kafka.Kafka")


def shown(model: jubilant.Juju, number: str) -> dict[str, Any]:
    return model.run("day2/leader", "show-operation", {"id": int(number)}).results


def ended(model: jubilant.Juju, number: str) -> dict[str, Any]:
    """The operation, once it has ended."""
    return eventually(
        lambda: (
            (told := shown(model, number))["status"] in ("completed", "failed", "cancelled")
            and told
        ),
        300,
        "the operation ends",
    )


def exposed(address: str) -> set[float]:
    """Until when the certificates of that broker's ports are good, as Prometheus reads it."""
    with urllib.request.urlopen(f"http://{address}:9101/metrics", timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    name = "tls_certificate_not_after_timestamp_seconds{"
    return {float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)}


def listed(model: jubilant.Juju) -> list[dict[str, Any]]:
    told = model.run("kafka/0", "list-certificates").results
    return json.loads(told["certificates"])


def test_a_renewal_restarts_no_broker_and_nobody_notices(
    model: jubilant.Juju, access: pipeline.Credentials
) -> None:
    process, before = broker(model), listed(model)
    others = {"prometheus": 9090, "object-storage": 9000}
    old = {name: served(model, name, port).serial for name, port in others.items()}
    assert {one["port"] for one in before} == {9093, 19093, 9097}
    internal = ask_port(before[0]["address"], 19093)
    assert internal and internal.accepts, "the port tells nobody whom it trusts"
    with Writer(access) as writer:
        started = model.run("day2/leader", "renew-certificates").results
        told = ended(model, started["operation"])
        writer.progress(100)
    assert told["status"] == "completed", told
    after = listed(model)
    assert {one["port"] for one in after} == {9093, 19093, 9097}
    assert len({one["serial"] for one in after}) == 1
    assert after[0]["serial"] not in {one["serial"] for one in before}
    assert "without a restart" in json.dumps(told) and broker(model) == process
    # The same operation took every other application along.
    for name, port in others.items():
        assert served(model, name, port).serial != old[name]
    until = datetime.datetime.fromisoformat(after[0]["not-after"].replace("Z", "+00:00"))
    eventually(
        lambda: exposed(after[0]["address"]) == {until.timestamp()}, 60, "Prometheus can read it"
    )
    # Who trusts what he trusted before gets in.
    with Writer(access, first=1_000_000) as again:
        again.progress(50)
    seen = read_all(access)
    nothing_lost(writer, seen)
    nothing_lost(again, seen)


@pytest.mark.long
def test_a_new_authority_takes_the_old_one_s_place_while_both_are_trusted(
    model: jubilant.Juju, access: pipeline.Credentials
) -> None:
    process, before = broker(model), listed(model)
    with Writer(access, first=2_000_000) as writer:
        number = model.run("day2/leader", "replace-ca").results["operation"]
        waiting = eventually(
            lambda: (
                ((told := shown(model, number)).get("next-command") or told["status"] == "failed")
                and told
            ),
            300,
            "it waits for a person",
        )
        assert "approve-operation" in waiting.get("next-command", ""), waiting
        # Everything is renewed, and who trusts the old authority alone still gets in.
        with Writer(access, first=3_000_000) as old:
            old.progress(50)
        both = pipeline.credentials(model, "customer")
        assert access.ca.strip() in both.ca and len(both.ca) > len(access.ca)
        renewed = listed(model)
        assert {one["issuer"] for one in renewed}.isdisjoint(one["issuer"] for one in before)
        assert before[0]["issuer"] in renewed[0]["trusts"]
        writer.progress(100)
    with Writer(both, first=4_000_000) as follower:
        model.run("day2/leader", "approve-operation", {"id": int(number), "step": "finish"})
        told = ended(model, number)
        follower.progress(100)
    assert told["status"] == "completed", told
    assert broker(model) == process
    settled = eventually(
        lambda: before[0]["issuer"] not in (found := listed(model))[0]["trusts"] and found,
        120,
        "the old authority is forgotten",
    )
    after = eventually(
        lambda: (
            access.ca.strip() not in (now := pipeline.credentials(model, "customer")).ca and now
        ),
        120,
        "clients are told so",
    )
    assert {tuple(one["trusts"]) for one in settled} == {(settled[0]["issuer"],)}
    with Writer(after, first=5_000_000) as new:
        new.progress(50)
    seen = read_all(after)
    for one in (writer, old, follower, new):
        nothing_lost(one, seen)


def test_every_certificate_is_in_one_table(model: jubilant.Juju) -> None:
    number = model.run("day2/leader", "list-certificates").results["operation"]
    assert ended(model, number)["status"] == "completed"
    told = model.run("day2/leader", "show-certificates").results
    found = json.loads(told["certificates"])
    assert {(one["unit"], one["port"]) for one in found} == {
        ("kafka/0", 9093), ("kafka/0", 19093), ("kafka/0", 9097), ("certificates/leader", 0),
        ("prometheus/0", 9090), ("object-storage/0", 9000),
    }  # fmt: skip
    served_by, whose, issuers = told["table"].strip().split("\n\n")
    assert len(served_by.splitlines()) == 7
    assert whose.startswith("UNIT") and issuers.startswith("#1 CN=")
    # In a terminal of 80 columns, as juju indents it.
    assert max(len(line) for line in told["table"].splitlines()) <= 76


@pytest.mark.long
def test_a_certificate_renews_itself_before_its_end(
    model: jubilant.Juju, access: pipeline.Credentials, tmp_path: Path
) -> None:
    process = broker(model)
    with Writer(access, first=6_000_000) as writer:
        # A tenth of its life is the time in which it is renewed.
        short = hand_out(model, "kafka", 9093, 120, tmp_path / "answer.json")
        end = served(model, "kafka", 9093).not_after
        renewed = eventually(
            lambda: (now := served(model, "kafka", 9093)).serial != short and now,
            240,
            "it is renewed",
        )
        assert renewed.not_before <= end, "only after its end"
        writer.progress(50)
    assert broker(model) == process
    nothing_lost(writer, read_all(access))


@pytest.mark.long
def test_a_provider_that_fails_in_every_way_stops_no_customer_of_the_broker(
    model: jubilant.Juju, access: pipeline.Credentials, tmp_path: Path
) -> None:
    one = Renewing(model, "kafka", 9093, "kafka.Kafka")
    with Writer(access, first=9_000_000) as writer:
        fail_in_every_way(one, tmp_path / "answer.json", lambda: writer.progress(50))
    nothing_lost(writer, read_all(access))


@pytest.mark.long
def test_what_expires_while_everything_is_down_recovers_by_itself(
    model: jubilant.Juju, access: pipeline.Credentials, tmp_path: Path, juju_binary: Path
) -> None:
    with Writer(access, first=7_000_000) as writer:
        writer.progress(100)
    model.cli("model-config", "update-status-hook-interval=10s")
    uuid = model.show_model().model_uuid
    short = hand_out(model, "kafka", 9093, 60, tmp_path / "answer.json")
    end = served(model, "kafka", 9093).not_after
    subprocess.run([juju_binary.with_name("onebox"), "stop"], check=True, timeout=120)
    # The one that keeps the broker running first, else it starts it anew.
    for marker in ("supervisord", "kafka.Kafka"):
        kill_all("kafka/0", uuid, marker)
    eventually(lambda: datetime.datetime.now(datetime.timezone.utc) > end, 120, "it has expired")
    model.status()
    now = eventually(
        lambda: (found := served(model, "kafka", 9093)).serial != short and found,
        300,
        "a good one is served",
    )
    assert now.not_after > datetime.datetime.now(datetime.timezone.utc)
    model.wait(jubilant.all_active, timeout=300, delay=2)
    with Writer(pipeline.credentials(model, "customer"), first=8_000_000) as again:
        again.progress(50)
    nothing_lost(writer, read_all(access))
