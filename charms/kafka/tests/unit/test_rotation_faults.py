# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Credentials change while everything goes wrong: the real plan and gate, over a model of Juju.

What a hook does to Kafka stays done when the hook dies; what it says to Juju does not. Whoever
follows is never locked out, and the same command brings every interrupted change to its end.
"""

import contextlib
import dataclasses
from unittest import mock

import hypothesis.strategies as st
from builders import a_cluster, but, observed, request
from hypothesis import settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

import admission
import gate
import slots
import steps
from access import acls_for
from dataops.operations import Context, OperationError, Pending
from dataops.rotation import RotatePasswords, Rotation
from gate import Gate
from operations.rotate_passwords import VERB


class HookDiedError(Exception):
    """The leader's process is gone."""


@dataclasses.dataclass
class Client:
    """An application that asks for a topic.

    Attributes:
        works_with: the user and password that it logs in with; None before it has any.
        mute: it says nothing of that, as published charms do.
        rests: it asks nothing of the brokers now.
        released: the new user for which Juju has said that it let the old credentials go.
    """

    request: object
    works_with: tuple[str, str] | None = None
    mute: bool = False
    rests: bool = False
    released: str = ""


@dataclasses.dataclass
class Juju:
    """What is written at the end of a hook, all of it or nothing."""

    agreed: dict = dataclasses.field(default_factory=dict)
    given: dict = dataclasses.field(default_factory=dict)
    vault: dict = dataclasses.field(default_factory=dict)


class Writer:
    """Peers, clients' databags and vault, as the gate writes them."""

    def __init__(self, juju):
        self.juju = juju

    def agree(self, values):
        self.juju.agreed = {**self.juju.agreed, **values}
        return True

    def answer(self, wanted, access):
        given = (access.username, access.password)
        self.juju.given = {**self.juju.given, wanted.username: given}

    def withdraw(self, client):
        self.juju.given = {k: v for k, v in self.juju.given.items() if k != client}

    def keep(self, passwords):
        self.juju.vault = dict(passwords)

    def kept(self):
        return dict(self.juju.vault)

    def clear(self):
        self.juju.vault = {}

    uri, given = "", False

    @property
    def backup_keys(self):
        return self

    def replace(self):
        return ()


class Kafka:
    """Users and permissions; dies, for the hook, after so many changes."""

    def __init__(self):
        self.users, self.acls, self.left = {}, frozenset(), 1000

    def _changes(self):
        if self.left == 0:
            raise HookDiedError
        self.left -= 1

    def set_password(self, user, password):
        self._changes()
        self.users[user] = password

    def drop_user(self, user):
        self._changes()
        self.users.pop(user, None)

    def grant(self, acls):
        self._changes()
        self.acls |= acls

    def revoke(self, acls):
        self._changes()
        self.acls -= acls

    def watch_users(self):
        self._changes()

    def lets_in(self, login, wanted):
        user, password = login
        return self.users.get(user) == password and acls_for(wanted, user) <= self.acls


class Faults(RuleBasedStateMachine):
    """Anything may happen between two hooks."""

    numbers = Bundle("numbers")

    @initialize()
    def begin(self):
        self.kafka, self.juju, self.clock = Kafka(), Juju(), 1000.0
        self.clients, self.related, self.forced = {}, 0, False

    def facts(self):
        requests = tuple(one.request for one in self.clients.values())
        agreed = self.juju.agreed
        agreement = but(
            observed().agreement,
            slots=slots.from_text(agreed.get("slots", "")),
            rotation=Rotation.from_text(agreed.get("rotation", "")),
        )
        given = dict(self.juju.given.values())
        awake = [one for one in self.clients.values() if not one.rests]
        busy = {one.works_with[0]: 1.0 for one in awake if one.works_with}
        cluster = a_cluster(users=frozenset(self.kafka.users), acls=self.kafka.acls)
        return observed(
            requests=requests,
            agreement=agreement,
            passwords=given,
            now=self.clock,
            cluster=cluster,
            traffic=busy,
            accepted={name: self.says(one) for name, one in self.clients.items()},
            answered=frozenset(self.juju.given),
        )

    def says(self, client):
        if client.mute:
            return {"client/0": None}
        return {"client/0": frozenset({client.works_with[0]} if client.works_with else set())}

    def hook(self, changes=1000):
        """One hook of whoever leads, which may die in the middle."""
        before = Juju(self.juju.agreed, self.juju.given, self.juju.vault)
        self.kafka.left, self.clock = changes, self.clock + 2
        freed = next(self.let_go(), "")
        o = but(self.facts(), released=freed)
        with (
            mock.patch.object(gate.login, "refused", refused(self.kafka)),
            mock.patch.object(gate.arrival, "wait", arrived),
            mock.patch.object(gate.time, "time", lambda: self.clock),
            contextlib.suppress(HookDiedError),
        ):
            writer = Writer(self.juju)
            made = Gate(o, writer, writer, writer, writer)
            for step in hooked(o):
                if isinstance(step, steps.Agree):
                    writer.agree(step.values)
                else:
                    made.apply(step, self.kafka)
            before = self.juju
            if freed:
                # Said once, to a hook that ends well.
                self.clients[freed].released = self.juju.given[freed][0]
        self.juju, self.kafka.left = before, 1000

    def let_go(self):
        """Whose readers have all read the newest revision, which Juju has not said yet."""
        for name, client in self.clients.items():
            given = self.juju.given.get(name)
            if given and given[0] != client.released and client.works_with in (None, given):
                yield name

    def command(self, task, force):
        """The verb, which asks, joins what runs, or says how it ended."""
        o = self.facts()
        context = Context(o, Writer(self.juju), RotatePasswords(quiet=4, force=force), task=task)
        self.forced |= force
        with contextlib.suppress(Pending, OperationError):
            VERB.run(context)

    @precondition(lambda self: len(self.clients) < 3)
    @rule(target=numbers, mute=st.booleans())
    def relate(self, mute):
        # Juju never gives a number to a second relation.
        self.related += 1
        wanted = request(self.related)
        self.clients[wanted.username] = Client(wanted, mute=mute)
        return self.related

    @rule(number=numbers)
    def remove(self, number):
        self.clients.pop(request(number).username, None)

    @rule(count=st.integers(1, 4))
    def hooks(self, count):
        for _ in range(count):
            self.hook()

    @rule(changes=st.integers(0, 6))
    def a_hook_dies(self, changes):
        self.hook(changes)

    @rule(number=numbers)
    def follow(self, number):
        """The client reads its secret; while it is not granted, this simply does not come."""
        name = request(number).username
        if name in self.clients and name in self.juju.given:
            self.clients[name].works_with = self.juju.given[name]

    @rule(number=numbers, rests=st.booleans())
    def rest(self, number, rests):
        name = request(number).username
        if name in self.clients:
            self.clients[name].rests = rests

    @rule(seconds=st.integers(1, 20))
    def wait(self, seconds):
        self.clock += seconds

    @rule(task=st.sampled_from(["1/a/1", "1/a/2", "2/a/1"]))
    def rotate(self, task):
        self.command(task, force=False)

    @precondition(lambda self: len(self.clients) > 2)
    @rule()
    def rotate_by_force(self):
        self.command("3/a/1", force=True)

    @invariant()
    def nobody_who_was_not_forced_is_locked_out(self):
        if self.forced:
            return
        for name, client in self.clients.items():
            if client.works_with and name in self.juju.given:
                assert self.kafka.lets_in(client.works_with, client.request), name

    @invariant()
    def what_is_written_down_holds_no_password(self):
        told = str(self.juju.agreed)
        hidden = {password for _, password in self.juju.given.values()}
        assert not [word for word in hidden if word in told]

    def teardown(self):
        """Everybody follows, and the same command ends."""
        for _ in range(20):
            self.hook()
            for name, client in self.clients.items():
                if name in self.juju.given:
                    client.works_with = self.juju.given[name]
            self.clock += 5
        rotation = self.facts().agreement.rotation
        assert rotation is None or rotation.finished
        assert not self.juju.vault
        assert set(self.juju.given) == set(self.clients), "a secret of who has left stayed behind"
        held = {self.juju.given[name][0] for name in self.clients}
        assert set(self.kafka.users) == held, "no user is left over"
        for client in self.clients.values():
            assert self.kafka.lets_in(client.works_with, client.request)


def hooked(o):
    """What the plan has about clients."""
    yield from admission.released(o)
    yield from admission.steps_of(o, o.cluster)


def arrived(admin, servers, truststore, user, password, acls):
    """Brokers of the model know at once whom the cluster knows."""
    assert admin.users[user] == password and acls <= admin.acls


def refused(kafka):
    """The proof: a login is refused where the model of Kafka says so."""
    return lambda servers, truststore, user, password: kafka.users.get(user) != password


TestFaults = Faults.TestCase
TestFaults.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
