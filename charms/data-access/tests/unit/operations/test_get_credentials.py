# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The credentials, with the keys of the published data-integrator."""

import pytest
from ops import testing
from samples import granted

from charm import DataAccessCharm
from dataops.operations import Context, NoParams, OperationError
from operations.get_credentials import VERB


def run(*, leader=True, **state) -> dict:
    context = testing.Context(DataAccessCharm)
    given = testing.State(leader=leader, config={"topic": "flights"}, **state)
    context.run(context.on.action("get-credentials"), given)
    return dict(context.action_results or {})


def test_everything_that_a_client_needs():
    relation, secrets = granted(tls=True)
    assert run(relations=[relation], secrets=secrets) == {
        "kafka": {
            "topic": "flights",
            "endpoints": "10.1.2.3:9093,10.1.2.4:9093",
            "username": "relation-7",
            "password": "first-password",
            "tls": "enabled",
            "tls-ca": "a CA",
            "consumer-group-prefix": "relation-7-",
        },
        "ok": "True",
    }


def test_without_tls_there_is_no_ca():
    relation, secrets = granted()
    kafka = run(relations=[relation], secrets=secrets, leader=False)["kafka"]
    assert kafka["tls"] == "disabled"
    assert "tls-ca" not in kafka


def test_after_a_rotation_it_is_the_new_password():
    relation, secrets = granted(rotated=True)
    assert run(relations=[relation], secrets=secrets)["kafka"]["password"] == "new-password"


def test_without_access_it_says_where_to_look():
    with pytest.raises(testing.ActionFailed, match="juju status data-access"):
        run()


def test_no_plan_gets_it():
    with pytest.raises(OperationError, match="for people"):
        VERB.run(Context(None, None, NoParams(), task="7/look/1"))
