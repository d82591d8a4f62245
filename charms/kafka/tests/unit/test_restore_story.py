# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Three units restore, or give up, in any order of their hooks, wherever these are killed.

Plan, effects on the disk and the databag are the charm's own; brokers, the cluster and the
process that places data are fakes.
"""

import contextlib
import dataclasses
import json
import pathlib

import pytest
from builders import CLUSTER_ID, a_cluster, a_recovery, but, observed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import restorer as restorer_module
import steps
from broker import Broker
from dataops.host.paths import UnitPaths
from dataops.objectstore import Target
from dataops.operations import Context, OperationError
from dataops.testing import FakeServices
from effects import Effects
from facts import ClusterFacts, Partition
from operations.cancel_restore import CancelParams
from operations.cancel_restore import run as cancel
from peers import Agreement, Peer
from plan import plan
from recovery import Recovery, Share

NODES = range(3)
STORE = Target(kind="local", directory="/nowhere")


@pytest.fixture(autouse=True, scope="module")
def settings_alone():
    """What a broker's files say takes most of the time, and is nothing to a restore."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("plan.files", lambda settings, proved, gauges: {})
        patch.setattr("observed.fingerprint", lambda settings, more: "settings")
        yield


class Killed(BaseException):
    """The process of the hook is gone."""


class Machine:
    """A unit: its disk, and a broker that only is or is not there."""

    def __init__(self, node, root):
        self.node, self.up = node, ""
        self.paths = UnitPaths(root / "workload")
        self.paths.create()
        self.storage = root / "storage"
        self.broker = FakeBroker(
            self.paths, FakeServices(), None, self.storage, f"10.0.0.{node + 1}"
        )
        self.broker.machine.append(self)
        self.bag = {}
        self.fill(CLUSTER_ID, "old")

    def fill(self, cluster_id, content):
        data = self.storage / "kafka"
        data.mkdir(parents=True)
        (data / content).touch()
        (data / "meta.properties").write_text(f"cluster.id={cluster_id}\n")
        self.up = cluster_id

    def job(self):
        """The process that places a share; whether there was one."""
        spec = self.paths.control / "restoring.json"
        if restorer_module.SERVICE not in self.broker.services.running or not spec.exists():
            return False
        told = json.loads(spec.read_text())
        name = Recovery.from_text(told["recovery"]).name
        if told["mode"] == "place":
            logs = pathlib.Path(told["staging"]) / "logs"
            logs.mkdir(exist_ok=True)
            (logs / "new").touch()
            (logs / "bootstrap.restored").touch()
            (logs / "restored.json").write_text(json.dumps({"name": name}))
        share = Share(name, "placed" if told["mode"] == "place" else "finished")
        path = self.paths.control / "restoring-share.json"
        path.write_text(json.dumps(dataclasses.asdict(share)))
        spec.unlink()
        self.broker.services.end(restorer_module.SERVICE)
        return True

    @property
    def content(self):
        """Whose records are on the disk, and which cluster's they count as."""
        data = self.storage / "kafka"
        names = {name for name in ("old", "new") if (data / name).exists()}
        return names, self.broker.facts().cluster_id


class FakePrograms:
    def __init__(self, data):
        self.data = data

    def told(self):
        return None

    def format(self, cluster_id, *, standalone):
        (self.data / "meta.properties").write_text(f"cluster.id={cluster_id}\n")


@dataclasses.dataclass(frozen=True)
class FakeBroker(Broker):
    machine: list = dataclasses.field(default_factory=list)

    @property
    def programs(self):
        return FakePrograms(self.data)

    def start(self, heap, fingerprint, *, anew=False):
        _, cluster_id = self.machine[0].content
        assert cluster_id, "a broker starts on storage that is not formatted"
        started = self.machine[0].up != cluster_id
        self.machine[0].up = cluster_id
        return started

    def stop(self, patience=None):
        self.machine[0].up = ""

    def wake_when_listening(self, unit):
        pass


class Bags:
    """The peer relation as one unit writes it."""

    def __init__(self, app, own):
        self.app, self.own = app, own

    def agree(self, values):
        return self._write(self.app, values)

    def note(self, values):
        return self._write(self.own, values)

    def _write(self, bag, values):
        changed = any(bag.get(key, "") != value for key, value in values.items())
        bag.update(values)
        return changed


class Admin:
    def __init__(self, led):
        self.led = led

    def elect_any(self, partitions):
        self.led.update(partitions)


class World:
    """Three units, of which one leads."""

    def __init__(self, root):
        self.machines = [Machine(node, root / str(node)) for node in NODES]
        self.app = {
            "cluster-id": CLUSTER_ID, "first": "0", "founded": "true", "opened": "true",
            "recovery": a_recovery().to_text(),
        }  # fmt: skip
        self.led = set()
        self.leader = 0

    @property
    def recovery(self):
        return Recovery.from_text(self.app["recovery"])

    def cluster(self, node):
        """What answers this unit: its own broker's cluster first."""
        ups = {machine.node: machine.up for machine in self.machines if machine.up}
        if not ups:
            return None
        cluster_id = ups.get(node) or ups[min(ups)]
        brokers = frozenset(one for one, up in ups.items() if up == cluster_id)
        if cluster_id == self.recovery.cluster_id and int(self.app["first"]) not in brokers:
            # Only the first one has a vote.
            return None
        leader = 0 if cluster_id == CLUSTER_ID or ("a", 0) in self.led else -1
        part = Partition("a", 0, tuple(NODES), tuple(NODES), leader)
        sound: ClusterFacts = a_cluster(brokers=brokers, cluster_id=cluster_id, partitions=(part,))
        return sound

    def observe(self, node):
        machine, o = self.machines[node], observed(node=node)
        broker = dataclasses.replace(
            machine.broker.facts(), version="v1", listening=bool(machine.up), stores="s1",
            loaded="s1", started_with=o.fingerprint,
        )  # fmt: skip
        peers = tuple(
            Peer(f"kafka/{one.node}", f"10.0.0.{one.node + 1}", online=True,
                 share=Share.from_text(one.bag.get("recovery", "")))
            for one in self.machines
        )  # fmt: skip
        agreement = Agreement(
            self.app["cluster-id"], int(self.app["first"]), self.app["founded"] == "true",
            self.app["opened"] == "true", recovery=self.recovery,
        )  # fmt: skip
        return but(
            o, leader=node == self.leader, broker=broker, peers=peers, agreement=agreement,
            cluster=self.cluster(node), storage=machine.storage, paths=machine.paths, store=STORE,
            now=9.0,
        )  # fmt: skip

    def hook(self, node):
        """One hook, as the charm runs it, until nothing changes; whether anything did."""
        machine, seen = self.machines[node], False
        for _ in range(10):
            o = self.observe(node)
            bags = Bags(self.app, machine.bag)
            effects = Effects(
                o, machine.broker, Admin(self.led), bags, None, None, lambda: None, str, dict
            )
            changed = [effects.apply(step) for step in plan(o) if isinstance(step, MEANT)]
            if not any(changed):
                break
            seen = True
        return seen

    def settle(self):
        """Hooks and processes until nothing moves any more."""
        quiet = 0
        for _ in range(20):
            moved = [machine.job() or self.hook(machine.node) for machine in self.machines]
            # A hook that only begins a process changes nothing yet.
            quiet = 0 if any(moved) else quiet + 1
            if quiet == 2:
                return
        raise AssertionError("it never comes to rest")

    def cancel(self, *, undo=True):
        o = self.observe(self.leader)
        workload = Bags(self.app, {})
        return cancel(Context(o, workload, CancelParams(undo=undo), lambda line: None, None, "c"))


# What a restore consists of; the rest of a plan is about other things.
MEANT = (
    steps.Note, steps.Agree, steps.Format, steps.Start, steps.Fetch, steps.TakeOver,
    steps.PutBack, steps.Discard, steps.Settle, steps.ElectAny,
)  # fmt: skip


@contextlib.contextmanager
def killed_at(number):
    """The process is killed at this rename or removal of a tree, before it happens."""
    left = [number]

    def dying(real):
        def act(*arguments, **more):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return real(*arguments, **more)

        return act

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pathlib.Path, "rename", dying(pathlib.Path.rename))
        patch.setattr(restorer_module, "ensure_absent", dying(restorer_module.ensure_absent))
        yield


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("hook"), st.sampled_from(NODES)),
        st.tuples(st.just("job"), st.sampled_from(NODES)),
        st.tuples(st.just("lead"), st.sampled_from(NODES)),
        st.tuples(st.integers(0, 4), st.sampled_from(NODES)),
    ),
    max_size=20,
)


def happen(world, events):
    for what, node in events:
        if what == "hook":
            world.hook(node)
        elif what == "job":
            world.machines[node].job()
        elif what == "lead":
            world.leader = node
        else:
            # What a killed hook agreed on is forgotten; what it did on the disk is not.
            kept = dict(world.app), dict(world.machines[node].bag), set(world.led)
            try:
                with killed_at(what):
                    world.hook(node)
            except Killed:
                world.app, world.machines[node].bag, world.led = kept
        sound(world)


def sound(world):
    """Nobody's records ever count as another cluster's."""
    new = world.recovery.cluster_id
    for machine in world.machines:
        names, cluster_id = machine.content
        assert len(names) < 2
        assert names != {"new"} or cluster_id in ("", new)
        assert names != {"old"} or cluster_id == CLUSTER_ID


FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(EVENTS)
def test_whatever_happens_the_restored_cluster_is_there_in_the_end(tmp_path_factory, events):
    world = World(tmp_path_factory.mktemp("story"))
    happen(world, events)
    world.settle()
    assert world.recovery.stage == "done"
    for machine in world.machines:
        assert machine.content == ({"new"}, world.recovery.cluster_id)
        assert machine.up == world.recovery.cluster_id and not machine.broker.facts().leftovers


@FEW
@given(EVENTS, EVENTS, st.booleans())
def test_a_restore_that_is_given_up_leaves_every_unit_what_it_had(
    tmp_path_factory, before, after, another
):
    world = World(tmp_path_factory.mktemp("story"))
    happen(world, before)
    if world.recovery.over:
        return
    told = world.cancel()
    assert told.backup == a_recovery().backup
    happen(world, after)
    if another:
        # The next one may begin before every unit has heard that the first is given up.
        given_up = world.recovery.given_up
        following = a_recovery(name="r2", cluster_id="bmV4dG5leHRuZXh0bmV4dA", given_up=given_up)
        world.app["recovery"] = following.to_text()
        world.settle()
        assert world.recovery.stage == "done"
        for machine in world.machines:
            assert machine.content == ({"new"}, following.cluster_id)
        return
    world.settle()
    assert world.recovery.stage == "failed"
    assert (world.app["cluster-id"], world.app["opened"]) == (CLUSTER_ID, "true")
    for machine in world.machines:
        assert machine.content == ({"old"}, CLUSTER_ID)
        assert machine.up == CLUSTER_ID and not machine.broker.facts().leftovers


def test_a_restore_that_has_replaced_data_is_given_up_only_when_asked(tmp_path):
    world = World(tmp_path)
    begun(world)
    with pytest.raises(OperationError, match=r"waits for kafka/1, .*cancel-restore undo=true"):
        world.cancel(undo=False)
    assert "takes up again" in world.cancel().summary
    assert "No restore" in world.cancel().summary


@pytest.mark.parametrize("moment", range(6))
@pytest.mark.parametrize("what", ["taking over", "putting back"])
def test_no_moment_of_a_kill_costs_a_unit_what_it_had(tmp_path, what, moment):
    world = World(tmp_path)
    begun(world)
    if what == "taking over":
        happen(world, [(moment, 1)])
        world.cancel()
    else:
        world.hook(1)
        assert world.machines[1].content[0] == {"new"}
        world.cancel()
        happen(world, [(moment, 1)])
    world.settle()
    assert world.machines[1].content == ({"old"}, CLUSTER_ID)
    assert world.machines[1].up == CLUSTER_ID


def begun(world):
    """Every unit has its share, and the leader agrees on the new cluster."""
    for machine in world.machines:
        world.hook(machine.node)
        machine.job()
        world.hook(machine.node)
    world.hook(0)
    assert world.recovery.stage == "starting"


def test_units_that_had_nothing_have_nothing_again(tmp_path):
    """A lost site: new units, which wait for a cluster that is gone."""
    world = World(tmp_path)
    for machine in world.machines:
        restorer_module.ensure_absent(machine.storage / "kafka")
        machine.up = ""
    begun(world)
    for node in (0, 1):
        world.hook(node)
    assert world.machines[0].content[0] == {"new"}
    world.cancel()
    world.settle()
    assert [machine.content[0] for machine in world.machines] == [set(), set(), set()]
    assert world.recovery.stage == "failed"
