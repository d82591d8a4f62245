# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import time

import pytest
from confluent_kafka import KafkaError, KafkaException
from fakes import mock_cluster

import fixed_load
from dataops.interfaces.kafka_client import Access
from dataops.operations import Cancelled, OperationError
from fixed_load import FixedLoad, OwnTopic, settings
from report.performance.load import KINDS, LoadSpec

LIGHT = LoadSpec(burst_records=300, steady_rate=300, steady_seconds=0.3)


@pytest.fixture(scope="module")
def address():
    with mock_cluster() as found:
        yield found


def make(address, go_on=lambda: None, spec=LIGHT):
    return FixedLoad({"bootstrap.servers": address}, "group", spec, go_on)


def test_every_round_gives_every_figure_and_the_first_only_warms_up(address):
    said = []
    load = make(address).run(5, lambda text, done: said.append((text, done)))
    assert set(load.rounds) == {kind.name for kind in KINDS}
    assert all(len(values) == 5 and min(values) > 0 for values in load.rounds.values())
    assert load.failed == 0
    assert len(load.pace) == 5
    assert min(load.pace) > 0
    assert load.ended > load.began
    assert [text for text, _ in said][:2] == ["Load: warming up", "Load: round 1 of 5"]
    assert said[-1][1] < 1


def test_what_was_acknowledged_is_counted_by_the_broker_that_did_it(address):
    load = make(address).run(5, lambda text, done: None)
    assert sum(each.records for each in load.brokers) == 5 * 90
    assert all(each.p50 <= each.p99 for each in load.brokers)


def test_it_ends_between_two_parts_when_it_is_asked_to(address):
    asked = []

    def go_on():
        asked.append(1)
        if len(asked) == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        make(address, go_on).run(5, lambda text, done: None)


def test_between_two_records_it_sleeps(address):
    """The library returns at once when it is asked to wait for less than a millisecond."""

    class Steady:
        def __init__(self):
            self.asked = []

        def poll(self, seconds):
            self.asked.append(seconds)
            time.sleep(int(seconds * 1000) / 1000)

    load = make(address)
    load._steady = steady = Steady()
    until = time.monotonic() + 0.0125
    load._listen(until)
    assert time.monotonic() >= until
    assert all(seconds >= 0.001 for seconds in steady.asked)
    load._listen(until)
    assert time.monotonic() >= until


def test_a_cluster_that_is_not_there_is_an_error_with_words(monkeypatch):
    monkeypatch.setattr(fixed_load, "_ANSWER_S", 0.5)
    with pytest.raises(OperationError, match="could not be run"):
        make("127.0.0.1:1").run(5, lambda text, done: None)


def test_the_settings_are_those_of_a_customer():
    access = Access(
        topic="t", endpoints="a:9093", username="u", password="hush", tls=True, tls_ca="PEM"
    )
    found = settings(access)
    assert found["security.protocol"] == "SASL_SSL"
    assert found["ssl.ca.pem"] == "PEM"
    assert found["sasl.password"] == "hush"
    assert (
        settings(access.model_copy(update={"tls": False, "tls_ca": ""}))["security.protocol"]
        == "SASL_PLAINTEXT"
    )


class Answer:
    """What the admin client's calls return."""

    def __init__(self, error=None):
        self.error = error

    def result(self, timeout):
        if self.error is not None:
            raise KafkaException(KafkaError(self.error))


class Admin:
    """An admin client of three brokers; a deletion takes effect a call later, as in a cluster."""

    brokers = dict.fromkeys((1, 2, 3))

    def __init__(self, topics=(), late=0):
        self.topics, self.late, self.made = set(topics), late, []

    def list_topics(self, timeout):
        return self

    def delete_topics(self, names):
        (name,) = names
        if name not in self.topics:
            return {name: Answer(KafkaError.UNKNOWN_TOPIC_OR_PART)}
        if not self.late:
            self.topics.discard(name)
        return {name: Answer()}

    def create_topics(self, topics):
        (topic,) = topics
        if topic.topic in self.topics:
            self.late -= 1
            if not self.late:
                self.topics.discard(topic.topic)
            return {topic.topic: Answer(KafkaError.TOPIC_ALREADY_EXISTS)}
        self.topics.add(topic.topic)
        self.made.append((topic.num_partitions, topic.replication_factor))
        return {topic.topic: Answer()}


@pytest.mark.parametrize("admin", [Admin(), Admin({"load"}), Admin({"load"}, late=2)])
def test_its_topic_is_made_anew_over_all_brokers_and_leaves_with_it(monkeypatch, admin):
    monkeypatch.setattr(fixed_load, "AdminClient", lambda _: admin)
    with OwnTopic({}, "load"):
        assert admin.topics == {"load"}
        assert admin.made == [(3, 3)]
    assert admin.topics == set()


def test_a_refusal_is_not_swallowed(monkeypatch):
    class Refusing(Admin):
        def delete_topics(self, names):
            return {names[0]: Answer(KafkaError.TOPIC_AUTHORIZATION_FAILED)}

    monkeypatch.setattr(fixed_load, "AdminClient", lambda _: Refusing())
    with pytest.raises(KafkaException), OwnTopic({}, "load"):
        pass
