# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A change of all passwords, hook by hook, through the whole charm with a fake workload."""

import dataclasses
import json

import pytest
from factory import observed
from ops import testing
from story import Story

from dataops.operations import Context
from dataops.rotation import RotatePasswords
from observed import Config
from operations.rotate_passwords import VERB


def test_passwords_change_while_everybody_works(context, bridge):
    story = Story(context, bridge)
    old = f"relation-{story.query.id}"
    story.accept(old)
    assert "new credentials are being made" in story.ask(quiet=0)
    story.wake()
    assert {old, f"{old}.2", "admin", "admin.2"} <= story.users
    assert story.told() == f"{old}.2"

    story.wake()
    assert "admin" not in story.users and old in story.users
    assert "has not taken its new credentials" in story.ask(quiet=0)

    story.accept(f"{old}.2")
    story.wake()
    assert old not in story.users and "prometheus" not in story.users
    ended = story.ask(quiet=0)
    assert "every old one is refused" in ended["summary"]
    assert len(json.loads(ended["credentials"])) == 3
    assert "new credentials" in story.ask(quiet=0)


def test_by_force_the_one_who_does_not_follow_is_locked_out(context, bridge):
    story = Story(context, bridge)
    old = f"relation-{story.query.id}"
    story.accept(old)
    story.ask(quiet=0)
    for _ in range(3):
        story.wake()
    assert old in story.users
    story.ask(quiet=0, force=True)
    story.wake()
    assert old not in story.users


def test_another_leader_goes_on(context, bridge):
    story = Story(context, bridge, units=2)
    story.ask(quiet=0)
    story.wake()
    before = story.users
    story.state = dataclasses.replace(story.state, leader=False)
    story.wake()
    assert story.users == before
    story.state = dataclasses.replace(story.state, leader=True)
    story.accept(f"relation-{story.query.id}.2")
    story.wake()
    story.wake()
    assert "every old one is refused" in story.ask(quiet=0)["summary"]


def test_an_old_password_that_a_unit_still_takes_is_no_success(context, bridge):
    story = Story(context, bridge, units=2)
    peers = {1: {"url": "http://10.0.0.8:9090", "works-with": '["prometheus"]'}}
    story.replace(dataclasses.replace(story.state.get_relation(story.peers.id), peers_data=peers))
    story.ask(quiet=0)
    for _ in range(3):
        story.wake()
    told = story.ask(quiet=0)
    assert "prometheus-bridge/1 has not taken its new credentials" in told


def test_without_logins_there_is_nothing_to_change(context, bridge):
    story = Story(context, bridge)
    story.state = dataclasses.replace(story.state, config={"require-password": False})
    with pytest.raises(testing.ActionFailed, match="require-password=true"):
        story.ask()
    story.wake()
    assert "secret-user" not in story.state.get_relation(story.query.id).local_app_data


def test_without_logins_nobody_else_s_change_is_stopped():
    o = observed(config=Config(require_password=False))
    found = VERB.run(Context(o, None, RotatePasswords(), task="7/passwords/1"))
    assert found.summary == "There is nothing to change: nobody has to log in."
    assert not found.credentials


def test_a_relation_that_ends_takes_its_user_and_its_secret_along(context, bridge):
    story = Story(context, bridge)
    user = f"relation-{story.query.id}"
    assert user in story.users
    story.wake(context.on.relation_broken(story.state.get_relation(story.query.id)))
    assert user not in story.users
    assert not [s for s in story.state.secrets if (s.latest_content or {}).get("username") == user]


def test_no_password_lies_in_a_databag(context, bridge):
    story = Story(context, bridge)
    story.ask(quiet=0)
    story.wake()
    hidden = {
        word
        for secret in story.state.secrets
        for key, word in (secret.latest_content or {}).items()
        if key == "password"
    }
    bags = [r.local_app_data | r.local_unit_data for r in story.state.relations]
    assert hidden and not [word for word in hidden if word in json.dumps(bags)]
