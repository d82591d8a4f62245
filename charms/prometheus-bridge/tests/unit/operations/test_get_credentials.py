# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What people are told."""

import pytest
from factory import CERTIFICATE, TLS, observed

from accounts import Accounts
from dataops.operations import Context, NoParams, OperationError
from observed import Config
from operations.get_credentials import VERB


def call(task="", **changes):
    return VERB.run(Context(observed(**changes), None, NoParams(), task=task)).action_results()


def test_people_are_told_where_and_as_whom():
    found = call(tls=TLS)
    assert found["url"] == "https://10.0.0.9:9090"
    assert (found["username"], found["password"], found["ca"]) == ("admin", "hush", CERTIFICATE.ca)


def test_where_nobody_has_to_log_in_there_is_no_password():
    assert set(call(config=Config(require_password=False))) == {"url"}


def test_before_there_is_one_the_next_move_is_told():
    with pytest.raises(OperationError, match="juju status prometheus"):
        call(accounts=Accounts())


def test_no_plan_gets_it():
    with pytest.raises(OperationError, match="for people"):
        call(task="7/look/1")
