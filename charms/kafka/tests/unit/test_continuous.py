# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Continuous backup of two units: killed, led by another, without a store, without each other."""

import datetime
import json
import shutil

import pytest
from builders import but

import continuous
from backups import lasting
from continuous import Continuous
from dataops.backup import continuous as course
from dataops.backup.catalogue import State, entries, newest_good
from dataops.backup.manifest import Begun, Manifest, begun_key, manifest_key
from dataops.backup.pruning import COLLECTING
from dataops.testing.logs import batch, record
from shipped import Shipped
from shipping import SPEC, STATE

MINUTES = 5


class Unit:
    """One unit's process."""

    def __init__(self, cluster, number):
        self.cluster, self.number = cluster, number
        self.woken = 0
        self.directory = cluster.world.root / f"control-{number}"
        self.directory.mkdir()
        self.start()

    def start(self):
        """Anew: all that it remembered is gone."""
        self.process = Continuous(self.directory, self._wake, lambda: self.cluster.now)

    def tell(self, *, leader, **more):
        world = self.cluster.world
        facts = world.facts(2, node=self.number, leader=leader, now=self.cluster.now)
        facts = but(facts, config=facts.config.model_copy(update={
            "continuous_backup_minutes": MINUTES, "backup_pace": 0,
        }))  # fmt: skip
        spec = {**lasting(facts, world.workload), "addresses": ["10.0.0.1"], **more}
        (self.directory / SPEC).write_text(json.dumps(spec))

    def turn(self):
        return self.process.turn()

    @property
    def state(self):
        return Shipped.from_text((self.directory / STATE).read_text())

    def _wake(self, spec):
        self.woken += 1


class Cluster:
    """Two units with one disk: each reads what it leads."""

    def __init__(self, world, monkeypatch):
        self.world, self.up = world, {0, 1}
        self.now = datetime.datetime.now(datetime.timezone.utc).timestamp()
        world.client.leaders["orders", 1] = 1
        monkeypatch.setattr(type(world), "brokers", lambda _: frozenset(self.up))
        self.units = [Unit(self, 0), Unit(self, 1)]
        self.lead(0)

    def lead(self, number):
        for unit in self.units:
            unit.tell(leader=unit.number == number)

    def turns(self, count=3):
        for _ in range(count):
            for unit in self.units:
                unit.turn()

    def later(self, minutes=MINUTES):
        self.now += minutes * 60

    @property
    def standing(self):
        return course.standing(self.world.shelf)

    @property
    def good(self):
        return [one.id for one in entries(self.world.shelf) if one.state is State.GOOD]


@pytest.fixture
def cluster(world, monkeypatch):
    return Cluster(world, monkeypatch)


def test_every_few_minutes_there_is_a_backup_of_all_units(cluster):
    cluster.turns()
    (first,) = cluster.good
    manifest = cluster.world.shelf.need(Manifest, manifest_key(first))
    assert [unit.unit for unit in manifest.units] == ["kafka/0", "kafka/1"]
    assert len(manifest.partitions) == 3
    cluster.turns()
    assert cluster.good == [first], "the next one is not due"
    cluster.later()
    cluster.turns()
    assert len(cluster.good) == 2
    assert newest_good(cluster.world.shelf).totals.new < manifest.totals.new


def test_every_unit_knows_up_to_when_all_is_safe_and_the_leader_wakes_its_charm(cluster):
    cluster.turns()
    cluster.units[1].turn()
    states = [unit.state for unit in cluster.units]
    assert states[0].newest == states[1].newest == cluster.good[0]
    assert states[0].restorable == states[1].restorable > 0
    assert [unit.woken for unit in cluster.units] == [1, 0]


@pytest.mark.parametrize("turn", range(5))
def test_a_process_that_is_killed_goes_on(cluster, turn, monkeypatch):
    """Killed at the first, second ... document that it writes."""
    shelf, written = type(cluster.world.shelf), []
    write = shelf.write

    def killed(self, key, document):
        written.append(key)
        if len(written) == turn + 1:
            raise KeyboardInterrupt
        write(self, key, document)

    monkeypatch.setattr(shelf, "write", killed)
    for unit in cluster.units * 4:
        try:
            unit.turn()
        except KeyboardInterrupt:  # noqa: PERF203
            unit.start()
    assert len(cluster.good) == 1
    assert len(cluster.world.shelf.backups()) == 1, "nothing is left of what was interrupted"


def test_another_unit_leads_in_the_middle(cluster):
    cluster.units[0].turn()
    running = cluster.standing
    assert running.runs
    cluster.lead(1)
    cluster.turns()
    assert cluster.good == [running.id]
    assert not cluster.standing.runs


def test_two_that_believe_they_lead_leave_nothing_behind(cluster):
    cluster.units[1].tell(leader=True)
    for _ in range(3):
        cluster.turns()
        cluster.later()
    cluster.lead(0)
    cluster.turns()
    states = [one.state for one in entries(cluster.world.shelf)]
    assert set(states) == {State.GOOD}


def test_a_store_that_is_away_for_a_while_is_said_and_waited_for(cluster):
    cluster.turns()
    store = cluster.world.root / "store"
    store.rename(store.with_name("away"))
    cluster.later()
    pauses = [cluster.units[0].turn() for _ in range(7)]
    assert pauses == sorted(pauses) and pauses[-1] == 60
    state = cluster.units[0].state
    assert str(store) in state.why and state.newest, state
    assert cluster.units[0].woken == 2
    store.with_name("away").rename(store)
    cluster.turns()
    assert len(cluster.good) == 2
    assert (cluster.units[0].state.why, cluster.units[0].woken) == ("", 4)


def test_a_broker_that_is_lost_in_the_middle_costs_one_backup(cluster):
    cluster.units[0].turn()
    lost = cluster.standing.id
    cluster.up = {0}
    # Those that are there lead what it led.
    cluster.world.client.leaders["orders", 1] = 0
    cluster.units[0].turn()
    assert lost not in cluster.world.shelf.backups()
    cluster.later()
    cluster.units[0].turn()
    manifest = cluster.world.shelf.need(Manifest, manifest_key(cluster.good[0]))
    assert [unit.unit for unit in manifest.units] == ["kafka/0"], "it leads nothing: none waits"


def test_a_unit_that_cannot_do_its_part_gives_the_backup_up(cluster):
    path = cluster.world.root / "storage" / "kafka" / "orders-1" / "00000000000000000000.log"
    good = path.read_bytes()
    path.write_bytes(good[:-2] + b"xx")
    cluster.turns(1)
    assert "log of orders-1 on kafka/1 is damaged" in cluster.units[1].state.why
    assert cluster.world.shelf.backups() == ()
    path.write_bytes(good)
    cluster.later()
    cluster.turns()
    assert len(cluster.good) == 1 and cluster.units[1].state.why == ""


def test_a_topic_that_is_deleted_in_the_middle_is_left_out(cluster):
    cluster.units[0].turn()
    shutil.rmtree(cluster.world.root / "storage" / "kafka" / "orders-1")
    cluster.turns()
    manifest = cluster.world.shelf.need(Manifest, manifest_key(cluster.good[0]))
    assert [one.topic for one in manifest.absent] == ["orders"]


def test_closed_files_are_sent_between_two_backups(cluster):
    cluster.turns()
    before = len(list((cluster.world.root / "store").rglob("*.zst")))
    place = cluster.world.root / "storage" / "kafka" / "orders-1"
    log = b"".join(batch([record(n, b"x" * 50), record(n + 1)]) for n in range(4, 40, 2))
    (place / f"{4:020}.log").write_bytes(log)
    (place / f"{40:020}.log").write_bytes(b"")
    cluster.units[1].turn()
    assert len(list((cluster.world.root / "store").rglob("*.zst"))) == before + 1
    cluster.world.client.ends["orders", 1] = 40
    cluster.later()
    cluster.turns()
    assert len(cluster.good) == 2


def test_while_objects_are_collected_none_begins(cluster):
    cluster.world.shelf.put(COLLECTING, b"{}")
    cluster.turns(1)
    assert "prune-backups is collecting" in cluster.units[0].state.why
    cluster.world.shelf.delete([COLLECTING])
    cluster.turns()
    assert len(cluster.good) == 1


def test_a_unit_without_the_key_waits_for_it(cluster):
    cluster.units[1].tell(leader=False, key="")
    cluster.turns(1)
    assert "cannot read the backup key yet" in cluster.units[1].state.why
    cluster.lead(0)
    cluster.later()
    cluster.turns()
    assert len(cluster.good) == 1


def test_a_clock_that_goes_back_stops_nothing_and_the_newest_stays_the_newest(cluster):
    cluster.turns()
    cluster.later(-600)
    cluster.turns()
    first, second = cluster.good
    assert cluster.standing.newest == second > first


def test_what_is_not_foreseen_is_said_too(cluster, monkeypatch):
    monkeypatch.setattr(continuous.backing, "planned", lambda *a, **b: 1 // 0)
    cluster.turns(1)
    assert "division" in cluster.units[0].state.why


def test_offsets_of_groups_are_those_of_before_the_cut(cluster):
    cluster.turns()
    begun = cluster.world.shelf.need(Begun, begun_key(cluster.good[0]))
    assert [group.name for group in begun.groups] == ["readers", "silent"]
