# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import dataclasses
import socket

import pytest
from fakes import FakeAdmin, prometheus
from kafka.errors import KafkaConnectionError
from world import NOON

import cluster_admin
from archive import Archive
from dataops.interfaces.kafka_client import Access
from dataops.interfaces.prometheus_api import QueryServer
from journal import Kind, append
from observed import Observed
from operations.health_check import VERB

ACCESS = Access(topic="day2", endpoints="a:9093", username="u", password="p")


@pytest.fixture
def observed():
    journal = append((), NOON, Kind.REQUESTED, 1, {"a": 1})
    return Observed(unit="day2/0", model="m", leader=True, journal=journal)


def checks(observed, root):
    return {c.name: c for c in VERB.call(observed, Archive(root), {}).checks}


def test_what_is_not_related_is_not_checked(observed, tmp_path):
    found = checks(observed, tmp_path)
    assert set(found) == {"journal"}
    assert found["journal"].ok
    assert "the chain of the peers' 1 record holds" in found["journal"].detail


def test_a_journal_that_was_tampered_with_is_found(observed, tmp_path):
    archive = Archive(tmp_path)
    archive.mirror(observed.journal)
    text = archive.journal.read_text()
    archive.journal.write_text(text.replace('"a":1', '"a":2'))
    check = checks(observed, tmp_path)["journal"]
    assert not check.ok
    assert "record 1: its content was changed" in check.detail
    assert "verify-journal" in check.next_move


def test_kafka_answers_or_says_why_not(observed, tmp_path, monkeypatch):
    related = dataclasses.replace(observed, kafka_related=True)
    assert "not granted" in checks(related, tmp_path)["kafka-access"].detail

    monkeypatch.setattr(cluster_admin, "KafkaAdminClient", lambda **_: FakeAdmin())
    found = checks(dataclasses.replace(related, kafka=ACCESS), tmp_path)["kafka-access"]
    assert (found.ok, found.detail) == (True, "the admin API answers for 3 brokers")


def test_a_broker_that_cannot_be_reached_is_named(observed, tmp_path, monkeypatch):
    """The client tells that somebody refused, and not who."""

    def refused(**_):
        raise KafkaConnectionError("111 ECONNREFUSED")

    monkeypatch.setattr(cluster_admin, "KafkaAdminClient", refused)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        up, down = (f"127.0.0.1:{each.getsockname()[1]}" for each in (server, taken))
        access = ACCESS.model_copy(update={"endpoints": f"{up},{down},nonsense"})
        related = dataclasses.replace(observed, kafka_related=True, kafka=access)
        check = checks(related, tmp_path)["kafka-access"]
    assert not check.ok
    assert check.detail.endswith(f"ECONNREFUSED; {down} does not answer; nonsense does not answer")


def test_a_target_that_is_down_is_named(observed, tmp_path):
    up = [{"instance": "a"}, {"instance": "b"}]
    with contextlib.ExitStack() as stack:
        for down, ok in ((set(), True), ({"b"}, False)):
            result = [
                {"metric": metric, "value": [1, "0" if metric["instance"] in down else "1"]}
                for metric in up
            ]
            url = stack.enter_context(prometheus(lambda *_, result=result: {"result": result}))
            server = QueryServer.model_validate({"direct_url": url})
            related = dataclasses.replace(observed, prometheus_related=True, prometheus=server)
            check = checks(related, tmp_path)["prometheus-targets"]
            assert check.ok is ok
    assert check.detail == "1 of 2 targets are down: b."
