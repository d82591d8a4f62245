# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The way in for people."""

import pytest
from samples import certificate, tls

from dataops.operations import OperationError
from keyring import Keyring
from operations.get_credentials import VERB


def test_the_operators_keys_and_the_ca(facts):
    given = certificate()
    o = facts(tls=tls(given))
    shown = VERB.run(VERB.context(o, None, {})).action_results()
    assert shown["s3"]["access-key"] == "DOADMIN"
    assert shown["s3"]["secret-key"] == "admin-secret"
    assert shown["s3"]["endpoint"] == "https://127.0.0.1:9000"
    assert shown["s3"]["tls-ca"].strip() == given.ca.strip()


def test_before_there_are_keys_it_says_where_to_look(facts):
    with pytest.raises(OperationError, match="juju status object-storage"):
        VERB.run(VERB.context(facts(keyring=Keyring()), None, {}))
