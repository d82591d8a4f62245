# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The charm, from hook to databag."""

import json

import pytest
import yaml
from ops import testing
from samples import CHARM, granted

from charm import OFFERED, VERBS, DataAccessCharm


@pytest.fixture
def context() -> testing.Context:
    return testing.Context(DataAccessCharm)


def test_without_a_topic_it_is_blocked(context):
    state = context.run(context.on.install(), testing.State(leader=True))
    assert state.unit_status == testing.BlockedStatus(
        "No topic: juju config data-access topic=<name>"
    )


def test_the_leader_asks_as_published_clients_do(context):
    relation = testing.Relation("kafka", remote_app_name="kafka")
    state = testing.State(leader=True, relations=[relation], config={"topic": "flights"})
    state = context.run(context.on.relation_created(relation), state)
    asked = state.get_relation(relation.id)
    assert asked.local_app_data["topic"] == "flights"
    assert asked.local_app_data["extra-user-roles"] == "consumer,producer"
    assert "username" in json.loads(asked.local_app_data["requested-secrets"])
    assert "username" in json.loads(asked.local_unit_data["requested-secrets"])
    assert isinstance(state.unit_status, testing.WaitingStatus)


def test_another_unit_writes_its_own_bag_only(context):
    relation = testing.Relation("kafka", remote_app_name="kafka")
    state = testing.State(leader=False, relations=[relation], config={"topic": "flights"})
    state = context.run(context.on.relation_created(relation), state)
    assert state.get_relation(relation.id).local_app_data == {}


def test_with_credentials_it_is_active_and_a_second_hook_changes_nothing(context):
    relation, secrets = granted(tls=True)
    state = testing.State(
        leader=True, relations=[relation], secrets=secrets, config={"topic": "flights"}
    )
    state = context.run(context.on.relation_changed(relation), state)
    assert isinstance(state.unit_status, testing.ActiveStatus)
    again = context.run(context.on.update_status(), state)
    assert again.get_relation(relation.id) == state.get_relation(relation.id)


def test_a_topic_taken_back_takes_the_request_back(context):
    relation, secrets = granted()
    state = testing.State(
        leader=True, relations=[relation], secrets=secrets, config={"topic": "flights"}
    )
    state = context.run(context.on.config_changed(), state)
    bare = testing.State(leader=True, relations=state.relations, secrets=secrets)
    state = context.run(context.on.config_changed(), bare)
    assert "topic" not in state.get_relation(relation.id).local_app_data
    assert isinstance(state.unit_status, testing.BlockedStatus)


def test_when_kafka_goes_it_says_so(context):
    relation, secrets = granted()
    state = testing.State(
        leader=True, relations=[relation], secrets=secrets, config={"topic": "flights"}
    )
    state = context.run(context.on.relation_broken(relation), state)
    assert isinstance(state.unit_status, testing.BlockedStatus)


def test_an_unusable_option_leaves_what_was_asked(context):
    relation, secrets = granted()
    state = testing.State(
        leader=True, relations=[relation], secrets=secrets, config={"topic": "flights"}
    )
    good = context.run(context.on.config_changed(), state)
    bad = testing.State(
        leader=True, relations=good.relations, secrets=secrets, config={"topic": "*"}
    )
    after = context.run(context.on.config_changed(), bad)
    assert after.relations == good.relations
    assert isinstance(after.unit_status, testing.BlockedStatus)


def test_credentials_are_not_offered_over_a_relation(context):
    relation = testing.Relation("operations", interface="dataops_operations")
    state = testing.State(leader=True, relations=[relation])
    state = context.run(context.on.relation_created(relation), state)
    catalogue = json.loads(state.get_relation(relation.id).local_app_data["catalogue"])
    assert [verb["name"] for verb in catalogue] == ["health-check", "snapshot"]
    assert len(OFFERED) == len(VERBS) - 1


def test_no_password_is_logged_or_written(context):
    relation, secrets = granted(tls=True)
    state = testing.State(
        leader=True, relations=[relation], secrets=secrets, config={"topic": "flights"}
    )
    state = context.run(context.on.relation_changed(relation), state)
    context.run(context.on.action("get-credentials"), state)
    assert not [line for line in context.juju_log if "first-password" in line.message]
    written = state.get_relation(relation.id)
    assert "first-password" not in str((written.local_app_data, written.local_unit_data))


def test_every_verb_is_an_action_of_the_metadata():
    metadata = yaml.safe_load((CHARM / "charmcraft.yaml").read_text())
    assert {verb.name for verb in VERBS.values()} == set(metadata["actions"])
