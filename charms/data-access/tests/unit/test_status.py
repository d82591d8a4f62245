# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to statuses, each with the operator's next move."""

import pytest

from observed import Config
from status import statuses

NO_TOPIC = Config(extra_user_roles="producer")


@pytest.mark.parametrize(
    "changes, name, move",
    [
        ({"config": NO_TOPIC}, "blocked", "juju config data-access topic=<name>"),
        ({"related": "", "access": None}, "blocked", "juju integrate data-access kafka"),
        ({"access": None}, "waiting", "juju status kafka"),
        ({}, "active", "juju run data-access/leader get-credentials"),
    ],
)
def test_each_state_tells_the_next_move(facts, changes, name, move):
    [status] = statuses(facts(**changes))
    assert status.name == name
    assert move in status.message


def test_an_unusable_option_is_all_that_matters(facts):
    [status] = statuses(facts(config=None, config_problems=("topic is '*': is refused",)))
    assert status.name == "blocked"
    assert "juju config data-access topic=" in status.message


def test_no_status_holds_a_secret(facts):
    assert "hidden" not in str([status.message for status in statuses(facts())])
