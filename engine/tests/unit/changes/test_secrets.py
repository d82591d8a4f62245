# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets as pure values: revisions, tracking, obsolescence, whatever the order of events."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from onebox.changes import secrets
from onebox.changes.secrets import USER, Draft
from onebox.errors import Refused
from onebox.model import Model

NOW = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
EMPTY = Model(name="m", uuid="u", created=NOW)
ID = "d1v3qkjs7jq0000000g0"
READERS = ["web/0", "web/1", "pg/0"]


def content(text):
    return {"key": text}


def created(**fields):
    fields.setdefault("owner", "pg")
    return secrets.create(EMPTY, Draft(ID, content=content("a"), **fields), NOW)


class Life(RuleBasedStateMachine):
    """Random revising, reading, pruning and leaving, against what Juju promises."""

    def __init__(self):
        super().__init__()
        self.model = created()
        self.highest = 1

    @property
    def secret(self):
        return self.model.secrets[ID]

    @rule(text=st.sampled_from("abc"))
    def revise(self, text):
        before = self.secret
        self.model = secrets.revise(self.model, Draft(ID, content=content(text)), NOW)
        newest = before.revisions.get(before.latest)
        same = newest is not None and newest.content == content(text)
        assert self.secret.latest == before.latest + (not same)

    @rule(unit=st.sampled_from(READERS), refresh=st.booleans())
    def read(self, unit, refresh):
        before = self.secret.consumers.get(unit)
        self.model = secrets.track(self.model, ID, unit, refresh=refresh)
        tracked = self.secret.consumers[unit].tracked
        assert tracked == (self.secret.latest if refresh or not before else before.tracked)

    @rule()
    def remove_the_obsolete(self):
        gone = secrets.obsolete(self.secret)
        if gone:
            self.model = secrets.remove(self.model, ID, gone)

    @rule(unit=st.sampled_from(READERS))
    def leave(self, unit):
        self.model = secrets.owner_gone(self.model, unit)
        assert unit not in self.secret.consumers

    @precondition(lambda self: not self.secret.auto_prune)
    @rule()
    def prune_by_itself(self):
        self.model = secrets.revise(self.model, Draft(ID, auto_prune=True), NOW)

    @invariant()
    def revisions_only_grow(self):
        assert self.secret.latest >= self.highest
        self.highest = self.secret.latest
        assert max(self.secret.revisions) == self.secret.latest

    @invariant()
    def what_somebody_tracks_is_never_obsolete(self):
        tracked = {c.tracked for c in self.secret.consumers.values()}
        gone = set(secrets.obsolete(self.secret))
        assert not gone & (tracked | {self.secret.latest})
        assert gone | tracked | {self.secret.latest} >= set(self.secret.revisions)

    @invariant()
    def readers_can_read(self):
        assert {c.tracked for c in self.secret.consumers.values()} <= set(self.secret.revisions)

    @invariant()
    def nothing_obsolete_is_kept_by_one_that_prunes(self):
        assert not (self.secret.auto_prune and secrets.obsolete(self.secret))


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestLife = Life.TestCase


def test_the_checksum_is_jujus():
    # Both were computed by a real controller (juju show-secret).
    both = {"username": "YWRtaW4=", "password": "czNjcjN0"}
    assert secrets.checksum(both).startswith("a74ed3b14f1256906a96a94fc27971a4")
    assert secrets.checksum({"token": "ZGVm"}).startswith("6db64cae7ae409c3359171d648de6ee6")


def test_an_expiry_may_change_without_a_revision():
    later = NOW + timedelta(days=1)
    model = secrets.revise(created(), Draft(ID, expires=later), NOW)
    assert (model.secrets[ID].latest, model.secrets[ID].revisions[1].expires) == (1, later)


class TestRotation:
    @pytest.mark.parametrize(
        ("policy", "due"),
        [
            ("hourly", NOW + timedelta(hours=1)),
            ("weekly", NOW + timedelta(days=7)),
            # As Go counts: there is no 31 February, so it is three days into March.
            ("monthly", datetime(2026, 3, 3, 12, tzinfo=timezone.utc)),
            ("quarterly", datetime(2026, 5, 1, 12, tzinfo=timezone.utc)),
            ("yearly", datetime(2027, 1, 31, 12, tzinfo=timezone.utc)),
            ("never", None),
        ],
    )
    def test_is_due(self, policy, due):
        assert created(rotate=policy).secrets[ID].rotates == due

    def test_a_new_revision_sets_the_clock_anew(self):
        later = NOW + timedelta(hours=3)
        model = secrets.revise(created(rotate="hourly"), Draft(ID, content=content("b")), later)
        assert model.secrets[ID].rotates == later + timedelta(hours=1)

    def test_an_owner_who_does_nothing_is_reminded(self):
        later = NOW + timedelta(hours=1)
        model = secrets.remind_of_rotation(created(rotate="hourly"), ID, later)
        assert model.secrets[ID].rotates == later + timedelta(minutes=5)
        assert secrets.remind_of_rotation(model, ID, later) == model


class TestLabels:
    def test_are_unique_for_an_owner(self):
        other = Draft("x" * 20, owner="pg", content=content("a"), label="db")
        with pytest.raises(Refused, match='secret with label "db" already exists'):
            secrets.create(created(label="db"), other, NOW)

    def test_may_be_kept(self):
        model = created(label="db")
        assert secrets.revise(model, Draft(ID, label="db"), NOW).secrets[ID].label == "db"


class TestLeaving:
    def test_an_owner_takes_its_secrets_along(self):
        assert secrets.owner_gone(created(), "pg").secrets == {}

    def test_an_application_takes_its_grants_along(self):
        model = secrets.grant(created(), ID, "web", None)
        assert secrets.owner_gone(model, "web").secrets[ID].grants == ()

    def test_a_relation_takes_its_grants_along(self):
        model = secrets.grant(created(), ID, "web", 7)
        model = secrets.grant(model, ID, "spark", 8)
        left = secrets.relation_gone(model, 7).secrets[ID].grants
        assert [g.target for g in left] == ["spark"]


class TestUserSecrets:
    def test_are_found_by_name_and_by_every_form_of_the_id(self):
        model = created(owner=USER, label="mysec")
        for text in ("mysec", ID, f"secret:{ID}", f"secret://uuid/{ID}"):
            assert secrets.named(model, text).id == ID
        with pytest.raises(Refused, match='secret "nosuch" not found'):
            secrets.named(model, "nosuch")

    def test_the_name_of_a_charms_secret_is_nobodys_business(self):
        with pytest.raises(Refused):
            secrets.named(created(label="mysec"), "mysec")

    def test_are_read_by_whoever_was_granted(self):
        model = created(owner=USER)
        assert not secrets.may_read(model, model.secrets[ID], "web/0")
        model = secrets.grant(model, ID, "web", None)
        assert secrets.may_read(model, model.secrets[ID], "web/0")
        model = secrets.revoke(model, ID, "web")
        assert not secrets.may_read(model, model.secrets[ID], "web/0")

    @pytest.mark.parametrize(("text", "message"), [("nosuch", "with label"), (ID, "permission")])
    def test_are_the_only_ones_that_people_change(self, text, message):
        with pytest.raises(Refused, match=message):
            secrets.own(created(label="mysec"), text)
        assert secrets.own(created(owner=USER, label="mysec"), "mysec").id == ID
