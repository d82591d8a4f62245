# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to statuses."""

import ops
from samples import introduced

import authority
from roots import Roots
from status import statuses


def worst(facts) -> tuple[str, str]:
    """The shown status: the order of severity is Juju's."""
    order = ("blocked", "maintenance", "waiting", "active")
    found = sorted(statuses(facts), key=lambda status: order.index(status.name))
    return found[0].name, found[0].message


def test_a_working_authority_counts(facts, root):
    name, message = worst(facts(roots=Roots(root), issued=(1, 2, 3)))
    assert name == "active"
    assert message == f"3 issued; root until {root.expires:%Y-%m-%d}"


def test_a_unit_that_does_not_lead_says_nothing(facts, root):
    assert worst(facts(roots=Roots(root), leader=False)) == ("active", "")


def test_before_the_root_it_waits(facts):
    assert worst(facts(leader=False))[0] == "waiting"


def test_an_unusable_option_is_named_with_the_command(facts):
    given = facts(config=None, config_problems=("certificate-validity is 0: too small",))
    name, message = worst(given)
    assert name == "blocked"
    assert "juju config certificates certificate-validity=" in message


def test_refusals_and_unreadable_requests_are_told_and_others_not_disturbed(facts, root):
    name, message = worst(
        facts(roots=Roots(root), refused=("kafka-0: too wide",), unreadable=("web/1",))
    )
    assert name == "active"
    assert "refused kafka-0: too wide" in message
    assert "web/1 sends a request that cannot be read" in message


def test_a_changed_name_is_explained(facts, root):
    config = facts().config.model_copy(update={"ca_common_name": "Another"})
    assert "keeps the name 'Test CA'" in worst(facts(roots=Roots(root), config=config))[1]


def test_statuses_are_of_ops(facts):
    assert all(isinstance(status, ops.StatusBase) for status in statuses(facts()))


def test_a_replacement_under_way_is_told_with_the_next_move(facts, root):
    both = introduced(root)
    name, message = worst(facts(roots=both))
    assert name == "active" and "being replaced (introduced)" in message
    assert "juju run day2/leader replace-ca" in message


def test_a_successor_has_the_configured_name(facts, root):
    assert "keeps the name" not in worst(facts(roots=Roots(authority.successor(root, 100))))[1]
