# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""New keys for everybody."""

import pytest

from dataops.operations import OperationError
from keyring import Keyring
from operations.rotate_passwords import VERB


class Vault:
    until = 0

    def rotate(self, observed, until):
        self.until = until


def test_it_says_until_when_the_old_ones_are_good(facts, request_of):
    vault = Vault()
    context = VERB.context(facts(requests=(request_of(),)), vault, {"overlap": 60})
    result = VERB.run(context)
    assert vault.until == 1060
    assert result.old_keys_until == "1970-01-01T00:17:40Z" and result.applications == 1


def test_not_twice_at_once(facts):
    ring = facts().keyring.rotated(until=2000)
    with pytest.raises(OperationError, match="still accepted until 1970-01-01T00:33:20Z"):
        VERB.run(VERB.context(facts(keyring=ring), Vault(), {}))


def test_without_keys_there_is_nothing_to_change(facts):
    with pytest.raises(OperationError, match="no keys yet"):
        VERB.run(VERB.context(facts(keyring=Keyring()), Vault(), {}))
