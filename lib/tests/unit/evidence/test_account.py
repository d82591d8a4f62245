# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import json

import hypothesis
import pytest
from hypothesis import strategies as st

from dataops.evidence import Phase
from dataops.evidence._account import Account

COUNTS = ("sent", "acknowledged", "failed", "unknown", "read", "lost", "unread")
COUNTS += ("duplicated", "reordered")


@dataclasses.dataclass
class Record:
    """What is true of one record, kept without any cleverness."""

    stream: tuple[int, int]
    number: int
    phase: Phase
    acknowledged: bool = False
    failed: bool = False
    reads: int = 0
    late: bool = False


class World:
    """Every record by itself, and the account that is to agree with them."""

    def __init__(self):
        self.account = Account()
        self.account.opened()
        self.records: list[Record] = []
        self.ended: set[int] = set()
        self.now = 1000.0

    def pick(self, at: int, able) -> Record | None:
        able = [record for record in self.records if able(record)]
        return able[at % len(able)] if able else None

    def send(self, at):
        stream = (self.account.lane, at % 3)
        number = sum(record.stream == stream for record in self.records)
        self.records.append(Record(stream, number, self.account.phase))
        self.account.sent(*stream, number, self.now)

    def acknowledge(self, at):
        record = self.pick(at, lambda r: not r.acknowledged and not r.failed)
        if record:
            record.acknowledged = True
            self.account.acknowledged(*record.stream, record.number, 2.0, self.now)

    def fail(self, at):
        record = self.pick(at, lambda r: not r.acknowledged and not r.failed)
        if record:
            record.failed = True
            self.account.failed(*record.stream, record.number, f"reason{at % 2}")

    def read(self, at):
        record = self.pick(at, lambda r: True)
        if record:
            record.late |= not record.reads and self.high(record.stream) > record.number
            record.reads += 1
            self.account.read(*record.stream, record.number, at, self.now)

    def high(self, stream) -> int:
        mine = [r for r in self.records if r.stream == stream]
        if stream[1] in self.ended:
            return len(mine)
        return max((r.number + 1 for r in mine if r.reads), default=0)

    def wait(self, at):
        self.now += at
        self.account.ticked(self.now, self.now / 1000)

    def switch(self, at):
        following = [*Phase][[*Phase].index(self.account.phase) + 1 :]
        if following:
            self.account.switched(following[0], self.now, self.now / 1000)

    def kill(self, at):
        self.account = Account.load(json.loads(json.dumps(self.account.dump())))
        self.account.resumed(self.now / 1000)
        self.account.opened()

    def truth(self, *phases: Phase) -> dict[str, int]:
        records = [record for record in self.records if record.phase in phases]
        owed = [r for r in records if r.acknowledged and not r.reads]
        lost = sum(r.number < self.high(r.stream) for r in owed)
        return {
            "sent": len(records),
            "acknowledged": sum(r.acknowledged for r in records),
            "failed": sum(r.failed for r in records),
            "unknown": sum(not r.acknowledged and not r.failed for r in records),
            "read": sum(r.reads > 0 for r in records),
            "lost": lost,
            "unread": len(owed) - lost,
            "duplicated": sum(max(0, r.reads - 1) for r in records),
            "reordered": sum(r.late for r in records),
        }


def counts(figures) -> dict[str, int]:
    return {name: getattr(figures, name) for name in COUNTS}


EVENTS = ["send", "send", "acknowledge", "fail", "read", "read", "wait", "switch", "kill"]


@hypothesis.given(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 10**6))))
def test_any_interleaving_adds_up(events):
    world = World()
    for name, at in events:
        getattr(world, name)(at)
    evidence = world.account.evidence()
    assert counts(evidence) == world.truth(*Phase)
    for phase in Phase:
        assert counts(evidence.of(phase)) == world.truth(phase)
    assert evidence.sent == evidence.acknowledged + evidence.failed + evidence.unknown
    assert sum(evidence.reasons.values()) == evidence.failed
    # At the end of the topic all that is owed is lost.
    for partition in range(3):
        world.account.exhausted(partition)
        world.ended.add(partition)
    assert counts(world.account.evidence()) == world.truth(*Phase)
    assert world.account.evidence().unread == 0


def account(*partitions: int) -> Account:
    """An account with a record in flight in each of these partitions, sent at 0 ms."""
    started = Account()
    started.opened()
    started.ticked(0, 100)
    for partition in partitions:
        started.sent(1, partition, 0, 0)
    return started


def test_a_gap_is_a_partitions_own():
    one = account(0, 1)
    one.acknowledged(1, 1, 0, 30, 30)
    one.sent(1, 1, 1, 30)
    one.acknowledged(1, 1, 1, 30, 60)
    one.acknowledged(1, 0, 0, 70, 70)
    assert one.evidence().longest_gap_ms == 70


def test_an_open_gap_grows_and_counts_in_full_where_it_ends():
    one = account(0)
    one.acknowledged(1, 0, 0, 5, 5)
    one.sent(1, 0, 1, 10)
    one.switched(Phase.DURING, 15, 100.015)
    one.ticked(2005, 102.005)
    assert one.evidence().during.longest_gap_ms == 2000
    one.switched(Phase.AFTER, 3005, 103.005)
    one.acknowledged(1, 0, 1, 4000, 4005)
    figures = one.evidence()
    assert figures.before.longest_gap_ms == 10
    assert (figures.during.longest_gap_ms, figures.after.longest_gap_ms) == (3000, 4000)
    assert (figures.before.sent, figures.before.acknowledged) == (2, 2)
    assert figures.longest_gap_ms == 4000


def test_the_time_between_the_last_send_and_the_end_is_no_gap():
    one = account(0)
    one.acknowledged(1, 0, 0, 5, 5)
    one.stopped(10, 100.01)
    one.ticked(90_000, 190)
    assert one.evidence().longest_gap_ms == 5


def test_of_the_time_that_the_meter_did_not_run_it_claims_nothing():
    one = account(0)
    one.acknowledged(1, 0, 0, 5, 5)
    one.sent(1, 0, 1, 20)
    one.ticked(20, 100.02)
    one.resumed(130.02)
    one.ticked(50_000, 130.02)
    figures = one.evidence()
    assert (figures.unknown, figures.unmeasured_seconds) == (1, 30)
    assert (figures.longest_gap_ms, figures.seconds) == (15, 0.02)


def test_read_gaps_latencies_and_own_delays():
    one = account(0)
    one.read(1, 0, 0, 7, 40)
    one.acknowledged(1, 0, 0, 12, 12)
    one.ticked(50, 100.05, delay=33)
    figures = one.evidence()
    assert figures.longest_read_gap_ms == 40
    assert figures.p50_ms == figures.p99_ms == pytest.approx(12, rel=0.02)
    assert figures.before.own_delay_ms == 33
    assert one.positions == {0: 8}


def test_a_foreign_record_changes_nothing_but_the_position():
    one = account(0)
    one.read(9, 0, 0, 3, 1)
    one.read(1, 0, 99, 4, 1)
    assert one.evidence().read == 0
    assert one.positions == {0: 5}
