# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One road for all events."""

import ops
import pytest
from ops import testing

from dataops.reconciler import Leaving, leaving, observe_all

META = {
    "name": "kafka",
    "peers": {"peers": {"interface": "peers"}},
    "provides": {"kafka-client": {"interface": "kafka_client"}},
    "storage": {"data": {"type": "filesystem"}},
}
SEEN: list[tuple[str, Leaving]] = []


class _Bell(ops.ObjectEvents):
    rung = ops.EventSource(ops.EventBase)


class _Library(ops.Object):
    on = _Bell()  # pyright: ignore

    def __init__(self, charm):
        super().__init__(charm, "library")
        self.framework.observe(charm.on.start, self._ring)

    def _ring(self, _):
        self.on.rung.emit()


class Charm(ops.CharmBase):
    drop_revisions = True

    def __init__(self, framework):
        super().__init__(framework)
        self.library = _Library(self)
        observe_all(
            self, self._reconcile, extra=[self.library.on.rung], drop_revisions=self.drop_revisions
        )

    def _reconcile(self, event):
        SEEN.append((event.handle.kind, leaving(event)))


class LibraryCharm(Charm):
    """Leaves secret revisions to a library."""

    drop_revisions = False


@pytest.fixture(autouse=True)
def forget():
    SEEN.clear()


@pytest.fixture
def context():
    return testing.Context(Charm, meta=META, actions={"look": {}})


@pytest.mark.parametrize(
    "hook",
    ["install", "config_changed", "leader_elected", "upgrade_charm", "update_status"],
)
def test_each_lifecycle_hook_comes_once_and_takes_nothing(context, hook):
    context.run(getattr(context.on, hook)(), testing.State(leader=True))
    assert [bool(taken) for _, taken in SEEN] == [False]


@pytest.mark.parametrize("hook", ["stop", "remove"])
def test_the_end_of_the_unit_is_leaving(context, hook):
    context.run(getattr(context.on, hook)(), testing.State())
    assert [(taken.hook, taken.unit) for _, taken in SEEN] == [(hook, True)]


def test_every_relation_hook_of_every_endpoint_comes(context):
    client = testing.Relation("kafka-client", remote_app_name="app")
    peers = testing.PeerRelation("peers", peers_data={1: {}})
    state = testing.State(relations=[client, peers])
    for relation in (client, peers):
        context.run(context.on.relation_created(relation), state)
        context.run(context.on.relation_joined(relation, remote_unit=1), state)
        context.run(context.on.relation_changed(relation), state)
    assert [taken for _, taken in SEEN] == [Leaving()] * 6


def test_a_broken_relation_is_named(context):
    relation = testing.Relation("kafka-client", remote_app_name="app")
    context.run(context.on.relation_broken(relation), testing.State(relations=[relation]))
    assert [(taken.broken, taken.unit) for _, taken in SEEN] == [(relation.id, False)]


def test_a_departing_unit_is_named(context):
    relation = testing.PeerRelation("peers", peers_data={2: {}})
    event = context.on.relation_departed(relation, remote_unit=2, departing_unit=2)
    context.run(event, testing.State(relations=[relation]))
    [(_, taken)] = SEEN
    assert (taken.departing, taken.relation_id, taken.broken) == ("kafka/2", relation.id, None)


def test_detaching_storage_is_named(context):
    storage = testing.Storage("data")
    state = testing.State(storages=[storage])
    context.run(context.on.storage_attached(storage), state)
    context.run(context.on.storage_detaching(storage), state)
    assert [(taken.hook, taken.storage) for _, taken in SEEN] == [
        ("", None),
        ("storage-detaching", "data"),
    ]


def test_an_action_is_no_hook(context):
    context.run(context.on.action("look"), testing.State())
    assert SEEN == []


def test_an_event_of_a_library_comes_before_the_hook_that_caused_it(context):
    context.run(context.on.start(), testing.State())
    assert [kind for kind, _ in SEEN] == ["rung", "start"]


@pytest.mark.parametrize("charm, gone", [(Charm, True), (LibraryCharm, False)])
def test_a_superseded_secret_revision_is_dropped(charm, gone):
    context = testing.Context(charm, meta=META)
    secret = testing.Secret({"key": "value"}, owner="app")
    state = testing.State(secrets=[secret], leader=True)
    context.run(context.on.secret_remove(secret, revision=42), state)
    assert (context.removed_secret_revisions == [42]) is gone
    # Juju would take what this hook changed of the secret for gone.
    assert SEEN == []


def test_every_secret_hook_comes(context):
    secret = testing.Secret({"key": "value"}, owner="app", label="mine")
    other = testing.Secret({"key": "value"})
    state = testing.State(secrets=[secret, other], leader=True)
    context.run(context.on.secret_rotate(secret), state)
    context.run(context.on.secret_expired(secret, revision=1), state)
    context.run(context.on.secret_changed(other), state)
    assert len(SEEN) == 3
