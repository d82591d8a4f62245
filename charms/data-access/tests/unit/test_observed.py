# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The facts, read once."""

import pytest
from ops import testing
from samples import granted

from charm import DataAccessCharm
from observed import Observed


def read(**state) -> Observed:
    context = testing.Context(DataAccessCharm)
    with context(context.on.update_status(), testing.State(**state)) as manager:
        return Observed.read(manager.charm)


def test_the_defaults_ask_for_nothing():
    found = read()
    assert found.config.requests == ()
    assert found.config.extra_user_roles == {"producer", "consumer"}
    assert (found.related, found.access) == ("", None)


@pytest.mark.parametrize(
    "option, value, words",
    [
        ("topic", "no topic", "is refused"),
        ("topic", "*", "is refused"),
        ("topic", "ab*", "is refused"),
        ("extra-user-roles", "producer,king", "producer, consumer, admin"),
        ("extra-user-roles", " , ", "at least one"),
        ("consumer-group-prefix", "x" * 201, "200"),
    ],
)
def test_an_unusable_option_is_named_with_its_value(option, value, words):
    found = read(config={option: value})
    assert found.config is None
    [problem] = found.config_problems
    assert problem.startswith(f"{option} is {value!r}")
    assert words in problem


def test_roles_may_have_spaces():
    found = read(config={"extra-user-roles": " consumer , admin"})
    assert found.config.extra_user_roles == {"consumer", "admin"}


def test_a_granted_access_is_read():
    relation, secrets = granted(tls=True)
    found = read(relations=[relation], secrets=secrets, config={"topic": "flights"})
    assert found.related == "kafka"
    assert (found.access.username, found.access.password) == ("relation-7", "first-password")
    assert (found.access.tls, found.access.tls_ca) == (True, "a CA")
    assert "first-password" not in repr(found)


def test_the_answer_for_another_topic_is_not_ours():
    relation, secrets = granted("another")
    assert read(relations=[relation], secrets=secrets, config={"topic": "flights"}).access is None


def test_a_secret_that_may_not_be_read_yet_is_no_access():
    relation, _ = granted()
    assert read(relations=[relation], config={"topic": "flights"}).access is None
