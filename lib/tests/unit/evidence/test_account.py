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
COUNTS += ("duplicated", "reordered", "reread")
PARTITIONS = range(3)


@dataclasses.dataclass(eq=False)
class Record:
    """What is true of one record, kept without any cleverness."""

    stream: tuple[int, int]
    number: int
    phase: Phase
    stored: bool = False
    acknowledged: bool = False
    failed: bool = False
    read: bool = False
    late: bool = False
    copies: int = 0
    again: int = 0


class World:
    """Logs, a consumer that goes back and forth in them, and the account that is to agree."""

    def __init__(self):
        self.account = Account()
        self.account.opened()
        self.records: list[Record] = []
        self.logs: list[list[Record | None]] = [[] for _ in PARTITIONS]
        self.positions = dict.fromkeys(PARTITIONS, 0)
        # By partition and offset, what was read there last.
        self.places: dict[tuple[int, int], Record] = {}
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

    def store(self, at):
        """In the order of sending, or in another one."""
        self.append(self.pick(at // 2 if at % 2 else 0, lambda r: not r.stored))

    def repeat(self, at):
        """What no consumer is to blame for."""
        self.append(self.pick(at, lambda r: r.stored))

    def append(self, record):
        if record:
            record.stored = True
            self.logs[record.stream[1]].append(record)

    def meddle(self, at):
        """A record of somebody else."""
        self.logs[at % 3].append(None)

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
        """What comes next in a partition."""
        partition, offset = at % 3, self.positions[at % 3]
        if offset == len(self.logs[partition]):
            return
        record = self.logs[partition][offset]
        self.positions[partition] += 1
        if record is None:
            self.account.reads(partition, offset + 1)
            return
        before = [r for (p, o), r in self.places.items() if p == partition and o < offset]
        if not record.read:
            record.read = True
            later = (r.stream == record.stream and r.number > record.number for r in before)
            record.late = any(later)
        elif self.places.get((partition, offset)) is record:
            record.again += 1
        else:
            record.copies += 1
        self.places[partition, offset] = record
        self.account.read(*record.stream, record.number, offset, self.now)

    def go_back(self, at):
        """As after another login, another leader, or a restart."""
        self.move(at % 3, self.positions[at % 3] - at // 3 % 6)

    def pass_over(self, at):
        self.move(at % 3, self.positions[at % 3] + at // 3 % 3)

    def cut(self, at):
        """A leader that lacks the newest records; others come in their places."""
        del self.logs[at % 3][len(self.logs[at % 3]) - at // 3 % 4 :]
        self.move(at % 3, self.positions[at % 3])

    def move(self, partition, offset):
        self.positions[partition] = min(max(0, offset), len(self.logs[partition]))
        self.account.reads(partition, self.positions[partition])

    def high(self, stream) -> int:
        mine = [r for r in self.records if r.stream == stream]
        if stream[1] in self.ended:
            return len(mine)
        return max((r.number + 1 for r in mine if r.read), default=0)

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
        owed = [r for r in records if r.acknowledged and not r.read]
        lost = sum(r.number < self.high(r.stream) for r in owed)
        return {
            "sent": len(records),
            "acknowledged": sum(r.acknowledged for r in records),
            "failed": sum(r.failed for r in records),
            "unknown": sum(not r.acknowledged and not r.failed for r in records),
            "read": sum(r.read for r in records),
            "lost": lost,
            "unread": len(owed) - lost,
            "duplicated": sum(r.copies for r in records),
            "reordered": sum(r.late for r in records),
            "reread": sum(r.again for r in records),
        }


def counts(figures) -> dict[str, int]:
    return {name: getattr(figures, name) for name in COUNTS}


USUAL = ["send", "store", "acknowledge", "read"]
EVENTS = [*USUAL, *USUAL, "read", "fail", "meddle", "repeat", "go_back", "pass_over", "cut"]
EVENTS += ["wait", "switch", "kill"]


def worlds(*names: str):
    """Long ones: what is wrong needs a record that was sent, stored, read and met again."""
    one = st.tuples(st.sampled_from(names), st.integers(0, 60))
    return st.integers(0, 40).flatmap(lambda least: st.lists(one, min_size=least, max_size=120))


@hypothesis.given(worlds(*EVENTS))
@hypothesis.settings(deadline=None)
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
    assert len(evidence.duplicates) == min(evidence.duplicated, 5)
    known = {p: offset for p, offset in world.positions.items() if p in world.account.positions}
    assert world.account.positions == known
    # At the end of the topic all that is owed is lost.
    for partition in PARTITIONS:
        world.account.exhausted(partition)
        world.ended.add(partition)
    assert counts(world.account.evidence()) == world.truth(*Phase)
    assert world.account.evidence().unread == 0


@hypothesis.given(worlds(*USUAL, "read", "go_back", "meddle", "kill"), st.data())
@hypothesis.settings(deadline=None)
def test_a_consumer_that_goes_back_makes_no_fault(events, data):
    world = World()
    for name, at in events:
        # Brokers that keep their word: in the order of sending, and stored before acknowledged.
        if name == "acknowledge":
            stored = [r for r in world.records if r.stored and not r.acknowledged]
            if stored:
                world.account.acknowledged(*stored[0].stream, stored[0].number, 2.0, world.now)
                stored[0].acknowledged = True
        else:
            getattr(world, name)(0 if name == "store" else at)
    for partition in PARTITIONS:
        world.move(partition, data.draw(st.integers(0, world.positions[partition])))
        for _ in world.logs[partition]:
            world.read(partition)
        world.account.exhausted(partition)
    evidence = world.account.evidence()
    assert (evidence.lost, evidence.duplicated, evidence.reordered) == (0, 0, 0)
    assert evidence.read == sum(r.stored for r in world.records)


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


def test_a_record_that_lies_in_the_topic_twice_is_told_with_its_places():
    one = account(0)
    for offset in (7, 8, 7, 8, 7):
        one.read(1, 0, 0, offset, 40)
    figures = one.evidence()
    assert (figures.read, figures.duplicated, figures.reread) == (1, 1, 3)
    assert figures.duplicates == ("offset 7 and 8 of partition 0",)


def test_only_what_lies_behind_a_later_record_is_out_of_order():
    one = account(0)
    for number in (1, 2, 3):
        one.sent(1, 0, number, 10)
        one.acknowledged(1, 0, number, 2.0, 12)
    # The consumer passes over two of them, and goes back.
    for number, offset in ((0, 10), (3, 13)):
        one.read(1, 0, number, offset, 40)
    assert (one.evidence().lost, one.evidence().reordered) == (2, 0)
    for number in range(4):
        one.read(1, 0, number, 10 + number, 50)
    assert (one.evidence().lost, one.evidence().reordered, one.evidence().reread) == (0, 0, 2)
    two = account(0)
    two.sent(1, 0, 1, 10)
    for number, offset in ((1, 10), (0, 11), (1, 10), (0, 11)):
        two.read(1, 0, number, offset, 50)
    assert (two.evidence().reordered, two.evidence().duplicated) == (1, 0)


def test_an_account_of_an_earlier_version_is_gone_on_with():
    dumped = account(0).dump()
    del dumped["places"], dumped["duplicates"]
    del dumped["tallies"]["before"]["reread"]
    one = Account.load(json.loads(json.dumps(dumped)))
    one.read(1, 0, 0, 7, 40)
    one.read(1, 0, 0, 7, 41)
    assert (one.evidence().duplicated, one.evidence().reread) == (0, 1)


def test_a_foreign_record_changes_nothing_but_the_position():
    one = account(0)
    one.read(9, 0, 0, 3, 1)
    one.read(1, 0, 99, 4, 1)
    assert one.evidence().read == 0
    assert one.positions == {0: 5}
