# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keys change while hooks die, leaders change and applications come and go."""

import dataclasses

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from dataops.rotation import Rotation, Sight
from keyring import ADMIN, Keyring


@dataclasses.dataclass
class Client:
    """An application that stores: the keys that it works with, if any, and whether it says so."""

    mute: bool
    works_with: frozenset = frozenset()


class Faults(RuleBasedStateMachine):
    """Anything may happen between two hooks of whoever leads.

    `ring` is what Juju keeps; `accepted` is whom the store lets in, which a hook that dies may
    have changed already; `given` is what the relations' secrets say.
    """

    numbers = Bundle("numbers")

    @initialize()
    def begin(self):
        self.ring, self.accepted, self.given = Keyring(), frozenset(), {}
        self.clients, self.clock, self.number, self.forced = {}, 1000.0, 0, False
        self.hook(dies=False)

    def sights(self):
        return {
            name: Sight({"client/0": None if one.mute else one.works_with}, 0)
            for name, one in self.clients.items()
        }

    def hook(self, dies):
        self.clock += 2
        new = self.ring.agreed(self.clients, self.sights(), self.clock)
        self.accepted = frozenset(key.access for key in new.accepted)
        if dies:
            return
        if new.rotation:
            gone = [o for o in new.rotation.unproved if new.retired[o].access not in self.accepted]
            new = new.proved(gone)
        # As it stands in the secret.
        self.ring = Keyring.read(new.write())
        self.given = {name: key.access for name, key in new.keys.items()}

    @rule(target=numbers, mute=st.booleans())
    def relate(self, mute):
        """Juju never gives a relation's number again."""
        self.number += 1
        self.clients[f"relation-{self.number}"] = Client(mute)
        return self.number

    @rule(number=numbers)
    def remove(self, number):
        self.clients.pop(f"relation-{number}", None)

    @rule(count=st.integers(1, 3), dies=st.booleans())
    def hooks(self, count, dies):
        for _ in range(count):
            self.hook(dies)

    @rule(number=numbers, busy=st.booleans())
    def follow(self, number, busy):
        """It reads its secret; what began with earlier keys may work on with them."""
        name = f"relation-{number}"
        if name in self.clients and name in self.given:
            one = self.clients[name]
            now = frozenset({self.given[name]})
            one.works_with = now | one.works_with if busy and not one.mute else now

    @rule(seconds=st.integers(1, 20))
    def wait(self, seconds):
        self.clock += seconds
        # Who says nothing follows in the time that it has.
        for name, one in self.clients.items():
            if one.mute and one.works_with and name in self.given:
                one.works_with = frozenset({self.given[name]})

    @rule(task=st.sampled_from(["1/a/1", "2/a/1"]), force=st.sampled_from([False, False, True]))
    def rotate(self, task, force):
        asked = Rotation(task, quiet=3, force=force)
        running = self.ring.rotation
        if running is None or running.finished:
            self.ring = self.ring.asking(asked)
        elif not running.answers(asked):
            self.ring = self.ring.asking(running.joined(asked))
        self.forced |= force

    @invariant()
    def nobody_who_says_what_it_works_with_is_locked_out(self):
        if self.forced:
            return
        for name, one in self.clients.items():
            if name in self.ring.keys and not one.mute:
                assert one.works_with <= self.accepted, name

    def teardown(self):
        """Everybody follows, and the change ends."""
        for _ in range(6):
            self.hook(dies=False)
            for name, one in self.clients.items():
                one.works_with = frozenset({self.given[name]})
            self.clock += 5
        rotation = self.ring.rotation
        assert rotation is None or rotation.finished
        assert not self.ring.old and not self.ring.retired
        assert set(self.ring.keys) == {*self.clients, ADMIN}
        assert self.accepted == set(self.given.values()), "no old key is taken"


TestFaults = Faults.TestCase
TestFaults.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
