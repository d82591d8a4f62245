# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
from typing import Any

import pytest
from confluent_kafka import KafkaError

import drill_clients
from dataops.backup.content import Digest
from dataops.backup.records import Record
from facts import ClusterError


@dataclasses.dataclass
class Message:
    at: int
    body: bytes | None = b"v"
    end: bool = False

    def __len__(self) -> int:
        return len(self.body or b"")

    def error(self) -> Any:
        return KafkaError(KafkaError._PARTITION_EOF) if self.end else None

    def offset(self) -> int:
        return self.at

    def timestamp(self) -> tuple[int, int]:
        return 1, 7

    def key(self) -> bytes:
        return b"k"

    def value(self) -> bytes | None:
        return self.body

    def headers(self) -> None:
        return None


class Consumer:
    def __init__(self, *messages, topics=("a",)):
        self.messages = list(messages)
        self.assigned = []
        self.topics = dict.fromkeys(topics)

    def list_topics(self, timeout):
        return self

    def assign(self, places):
        self.assigned = places

    def poll(self, patience):
        return self.messages.pop(0) if self.messages else None


def test_records_are_told_apart_by_all_that_they_hold():
    whole = drill_clients.hashes(Consumer(Message(3), Message(4), Message(5)), ("a", 0), 3, 5)
    assert sorted(whole) == [3, 4] and len(set(whole.values())) == 2
    changed = drill_clients.hashes(
        Consumer(Message(3, b"w"), Message(9, end=True)), ("a", 0), 3, 5
    )
    assert changed[3] != whole[3]


def test_a_tombstone_is_a_record_too():
    consumer = Consumer(Message(3, None), Message(4), Message(0, end=True))
    assert sorted(drill_clients.hashes(consumer, ("a", 0), 3, 9)) == [3, 4]


def test_a_group_begins_where_it_goes_on_and_anybody_else_where_told():
    consumer = Consumer(Message(3), Message(0, end=True))
    assert drill_clients.first(consumer, ("a", 0), 3).offset() == 3
    assert consumer.assigned[0].offset == 3
    assert drill_clients.first(consumer, ("a", 0), None) is None
    assert consumer.assigned[0].offset < 0


class Passing(Message):
    def error(self) -> Any:
        return KafkaError(KafkaError.LEADER_NOT_AVAILABLE)


def test_what_passes_by_itself_is_waited_for():
    consumer = Consumer(None, Passing(0), Message(3))
    assert drill_clients.first(consumer, ("a", 0), 3).offset() == 3
    consumer = Consumer(Passing(0), Message(3), Passing(0), Message(4), Message(0, end=True))
    assert sorted(drill_clients.hashes(consumer, ("a", 0), 3, 9)) == [3, 4]


def test_silence_is_told(monkeypatch):
    monkeypatch.setattr(drill_clients, "_PATIENCE", 0.01)
    with pytest.raises(ClusterError, match="a-0 gives no record"):
        drill_clients.first(Consumer(), ("a", 0), 3)
    with pytest.raises(ClusterError, match="a-0 gives no record"):
        drill_clients.hashes(Consumer(), ("a", 0), 3, 4)


def test_a_topic_that_was_deleted_meanwhile_is_not_waited_for():
    with pytest.raises(drill_clients.GoneError, match="topic a was deleted"):
        drill_clients.first(Consumer(None, Message(3), topics=()), ("a", 0), 3)


def test_what_a_client_reads_has_the_hash_that_a_backup_has_of_it():
    wanted = Digest()
    for offset, value in ((3, b"v"), (5, None)):
        wanted.add(Record(offset, 7, b"k", value))
    consumer = Consumer(Message(3), Message(5, None), Message(6), Message(0, end=True))
    found = drill_clients.digest(consumer, ("a", 0), 2, 6)
    assert (found.hexdigest(), found.records) == (wanted.hexdigest(), 2)
    assert consumer.assigned[0].offset == 2
