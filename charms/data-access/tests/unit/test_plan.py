# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to steps."""

import pytest

from dataops.interfaces.kafka_client import TopicRequest
from dataops.reconciler import Leaving
from observed import Config
from plan import Ask, plan


def test_the_topic_is_asked_for_with_its_roles(facts):
    request = TopicRequest(topic="flights", roles=frozenset({"producer", "consumer"}))
    assert plan(facts()) == (Ask((request,)),)


def test_the_group_prefix_is_asked_for(facts):
    config = Config(topic="t", extra_user_roles="consumer", consumer_group_prefix="mine-")
    [ask] = plan(facts(config=config))
    assert ask.requests[0].consumer_group_prefix == "mine-"


def test_without_a_topic_what_was_asked_is_taken_back(facts):
    assert plan(facts(config=Config(extra_user_roles="producer"))) == (Ask(()),)


@pytest.mark.parametrize("changes", [{"config": None}, {"leaving": Leaving("stop")}])
def test_an_unusable_option_or_the_end_changes_nothing(facts, changes):
    assert plan(facts(**changes)) == ()
