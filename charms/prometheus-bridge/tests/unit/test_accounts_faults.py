# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Passwords change while hooks die, leaders change and applications come and go."""

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from test_accounts import make

from accounts import OWN, PEOPLE, Accounts, advanced, relation_holder
from dataops.rotation import Rotation, Sight


class Faults(RuleBasedStateMachine):
    """Anything may happen between two hooks of whoever leads.

    `accounts` is what Juju keeps; `users` is whom Prometheus lets in, which a hook that dies may
    have changed already; `given` is what the relations' secrets say.
    """

    numbers = Bundle("numbers")

    @initialize()
    def begin(self):
        self.accounts, self.users, self.given = Accounts(), {}, {}
        self.works_with, self.clock, self.number = {}, 1000.0, 0
        self.hook(dies=False)

    def sights(self):
        said = {
            holder: Sight({"client/0": frozenset({user} if user else ())}, 0)
            for holder, user in self.works_with.items()
        }
        return {PEOPLE: Sight({"people": None}, 0), **said}

    def hook(self, dies):
        """One hook; what it did to Prometheus stays, what it says to Juju only if it ends."""
        self.clock += 2
        asking = [name for name in self.works_with if name != OWN]
        new = advanced(self.accounts, asking, self.sights(), make, self.clock)
        self.users = {each.now.user: each.now.password for each in new.holders.values()}
        self.users |= {
            each.old.user: each.old.password for each in new.holders.values() if each.old
        }
        if dies:
            return
        if new.rotation:
            gone = [
                h for h in new.rotation.unproved if new.rotation.changes[h].old not in self.users
            ]
            new = new.proved(gone)
        self.accounts = new
        self.given = {name: one.now for name, one in new.holders.items()}
        self.works_with[OWN] = new.holders[OWN].now.user

    @rule(target=numbers)
    def relate(self):
        """Juju never gives a relation's number again."""
        self.number += 1
        self.works_with[relation_holder(self.number)] = ""
        return self.number

    @rule(number=numbers)
    def remove(self, number):
        self.works_with.pop(relation_holder(number), None)

    @rule(count=st.integers(1, 3))
    def hooks(self, count):
        for _ in range(count):
            self.hook(dies=False)

    @rule()
    def a_hook_dies(self):
        self.hook(dies=True)

    @rule(number=numbers)
    def follow(self, number):
        """It reads its secret; while that is not granted, this simply does not come."""
        name = relation_holder(number)
        if name in self.works_with and name in self.given:
            self.works_with[name] = self.given[name].user

    @rule(task=st.sampled_from(["1/a/1", "2/a/1"]))
    def rotate(self, task):
        """Two at once are one: the later caller joins."""
        asked, present = Rotation(task, quiet=4), self.accounts.rotation
        joined = present.joined(asked) if present and not present.finished else asked
        self.accounts = self.accounts.asking(joined)

    @invariant()
    def nobody_is_locked_out(self):
        for holder, user in self.works_with.items():
            if user:
                assert user in self.users, holder

    @invariant()
    def what_was_told_is_let_in_with_that_password(self):
        for holder, account in self.given.items():
            if holder in self.works_with:
                assert self.users[account.user] == account.password, holder

    def teardown(self):
        """Everybody follows, and the same command ends."""
        for _ in range(8):
            self.hook(dies=False)
            for name in list(self.works_with):
                self.works_with[name] = self.given[name].user
            self.clock += 5
        assert not self.accounts.changing
        assert self.accounts.retired == {}
        assert set(self.users) == {each.user for each in self.given.values()}


TestFaults = Faults.TestCase
TestFaults.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)
