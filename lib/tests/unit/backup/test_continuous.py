# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import pytest

from dataops.backup import continuous, pruning, retention
from dataops.backup.catalogue import State, entries
from dataops.backup.manifest import Begun, begun_key
from dataops.backup.pruning import prune
from dataops.backup.standing import STANDING, Standing

from .conftest import NOW, Broker, log


def begin(broker: Broker, before: Standing | None = None) -> Standing:
    begun = broker.plan().model_copy(update={"continuous": True})
    return continuous.begin(broker.shelf, begun, before)


def copied(broker: Broker, now: Standing) -> None:
    broker.copy(broker.shelf.need(Begun, begun_key(now.id)))


def whole(broker: Broker, before: Standing | None = None) -> Standing:
    now = begin(broker, before)
    copied(broker, now)
    return continuous.end(broker.shelf, now, ("orders", "empty"), broker.now)


def test_each_is_a_backup_like_any_other(broker: Broker) -> None:
    assert continuous.standing(broker.shelf) is None
    now = begin(broker)
    begun = broker.shelf.need(Begun, begun_key(now.id))
    assert (now.runs, now.newest) == (True, "")
    assert [one.unit for one in continuous.lacking(broker.shelf, begun)] == ["kafka/0"]
    copied(broker, now)
    assert continuous.lacking(broker.shelf, begun) == ()
    ended = continuous.end(broker.shelf, now, ("orders", "empty"), broker.now)
    assert continuous.standing(broker.shelf) == ended
    assert (ended.runs, ended.newest, ended.until) == (False, now.id, broker.now)
    (entry,) = entries(broker.shelf)
    assert (entry.state, entry.continuous) == (State.GOOD, True)


def test_what_somebody_began_who_led_before_is_removed(broker: Broker) -> None:
    asked = broker.begin()
    lost = begin(broker)
    copied(broker, lost)
    now = begin(broker, None)
    assert broker.shelf.backups() == (asked.id, now.id)


def test_who_gives_one_up_leaves_what_was_sent(broker: Broker) -> None:
    first = whole(broker)
    broker.write("orders-0", (10, log(10, 20)), (20, log(20, 32)), (32, log(32, 40)))
    now = begin(broker, first)
    copied(broker, now)
    sent = broker.objects()
    left = continuous.give_up(broker.shelf, now)
    assert (left.runs, left.newest, left.points) == (False, first.id, (first.id,))
    assert broker.objects() == sent and broker.shelf.backups() == (first.id,)


def test_what_cannot_be_read_of_it_is_begun_anew(broker: Broker) -> None:
    broker.shelf.put(STANDING, b'{"format": 1, "id"')
    assert continuous.standing(broker.shelf) is None
    assert whole(broker).newest


def test_old_ones_go_by_themselves_but_for_those_that_were_proved(broker: Broker) -> None:
    first = whole(broker)
    manifest = broker.manifest(first.id)
    broker.shelf.write(f"backups/{first.id}/verified.json", broker.verify(manifest))
    broker.now += datetime.timedelta(minutes=1)
    second = whole(broker, first)
    broker.now += datetime.timedelta(days=2)
    third = whole(broker, second)
    assert broker.shelf.backups() == (first.id, third.id)
    assert third.points == (third.id,)


@pytest.mark.parametrize(
    ("ages", "left"),
    [
        ((), ()),
        ((3000,), (3000,)),
        ((59, 30, 5), (59, 30, 5)),
        # Noon is now: of each hour before the last one, the newest.
        ((170, 150, 125, 110, 65, 20), (125, 65, 20)),
        ((2000, 1500, 1438, 5), (1438, 5)),
    ],
)
def test_ever_fewer_of_the_older_ones_stay(ages: tuple[int, ...], left: tuple[int, ...]) -> None:
    points = {
        f"{NOW - datetime.timedelta(minutes=age):%Y%m%dT%H%M%SZ}": NOW
        - datetime.timedelta(minutes=age)
        for age in ages
    }
    gone = retention.thinned(points, NOW)
    kept = [points[one] for one in sorted(points) if one not in gone]
    assert kept == [NOW - datetime.timedelta(minutes=age) for age in left]


def test_asked_for_backups_are_counted_without_them(broker: Broker) -> None:
    asked = broker.back_up()
    now = whole(broker, whole(broker, whole(broker)))
    broker.now += datetime.timedelta(hours=30)
    done = prune(broker.shelf, keep_last=1, keep_days=0, now=broker.now)
    assert set(broker.shelf.backups()) == {asked.id, now.newest}
    assert len(done.backups) == 2


def test_what_was_sent_ahead_is_not_collected_and_what_is_old_is(broker: Broker) -> None:
    first = whole(broker)
    broker.write("orders-0", (10, log(10, 20)), (20, log(20, 32)))
    second = whole(broker, first)
    continuous.give_up(broker.shelf, second.model_copy(update={"id": first.id}))
    before = broker.objects()
    assert prune(broker.shelf, keep_last=1, keep_days=0, now=broker.now).objects == 0
    broker.age(hours=2)
    broker.shelf.write(STANDING, second)
    assert prune(broker.shelf, keep_last=1, keep_days=0, now=broker.now).objects > 0
    assert len(broker.objects()) < len(before)


def test_removing_waits_for_one_that_runs(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    now = begin(broker, whole(broker))
    copied(broker, now)

    def ends(seconds: float) -> None:
        continuous.end(broker.shelf, now, ("orders", "empty"), broker.now)

    monkeypatch.setattr(pruning.time, "sleep", ends)
    done = prune(broker.shelf, keep_last=1, keep_days=0, now=broker.now, patience=60)
    assert done.postponed == ""
