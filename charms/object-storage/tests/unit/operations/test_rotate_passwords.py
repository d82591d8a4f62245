# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""New keys for everybody."""

import pytest

from dataops.operations import OperationError, Pending
from dataops.rotation import Rotation
from keyring import Keyring
from operations.rotate_passwords import VERB


class Vault:
    asked = None

    def ask(self, observed, rotation):
        self.asked = rotation


def call(found, task="7/rotate/1", vault=None, **terms):
    context = VERB.context(found, vault or Vault(), terms, task=task)
    return VERB.run(context)


def changing(facts, now=1000.0):
    asked = Rotation("7/rotate/1", quiet=60)
    return facts().keyring.asking(asked).agreed(["relation-7"], {}, now)


def test_the_first_call_writes_down_what_is_wanted(facts):
    vault = Vault()
    with pytest.raises(Pending):
        call(facts(), vault=vault, quiet=5)
    assert vault.asked == Rotation("7/rotate/1", quiet=5)


def test_while_it_runs_it_says_who_is_waited_for(facts):
    with pytest.raises(Pending, match="admin: whoever ran get-credentials does not say"):
        call(facts(keyring=changing(facts)))
    gone = changing(facts).agreed(["relation-7"], {}, 2000)
    with pytest.raises(Pending, match="relation-7: its old keys are not seen to be refused"):
        call(facts(keyring=gone))


def test_at_its_end_it_says_what_was_changed_and_no_secret(facts):
    gone = changing(facts).agreed(["relation-7"], {}, 2000)
    done = gone.proved(gone.rotation.unproved)
    result = call(facts(keyring=done))
    assert {one.client for one in result.credentials} == {"admin", "relation-7"}
    assert all(one.refused and len(one.fingerprint) == 8 for one in result.credentials)
    told = result.model_dump_json()
    assert not [secret for secret in gone.secrets if secret in told]


def test_without_keys_there_is_nothing_to_change(facts):
    with pytest.raises(OperationError, match="no keys yet"):
        call(facts(keyring=Keyring()))
