# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import ops
import pytest
from ops import testing

from backup_keys import BackupKeys
from dataops.backup.sealed import Key, SealError
from dataops.operations import OperationError
from peers import Peers

META = {"name": "kafka", "peers": {"cluster": {"interface": "kafka_cluster"}}}
CONFIG = {"options": {"backup-key": {"type": "secret"}}}


class Charm(ops.CharmBase):
    @property
    def keys(self):
        return BackupKeys(self, Peers(self, "cluster"))


@pytest.fixture
def context():
    return testing.Context(Charm, meta=META, config=CONFIG)


def keys_of(context, **state):
    state.setdefault("relations", {testing.PeerRelation("cluster")})
    return context(context.on.start(), testing.State(**{"leader": True, **state}))


def test_the_leader_makes_one_key_and_everybody_finds_it(context):
    with keys_of(context) as manager:
        assert manager.charm.keys.current() is None
        key = manager.charm.keys.ensure()
        assert manager.charm.keys.ensure() == key
        assert manager.charm.keys.secrets() == {"backup key 1": key.text}
        out = manager.run()
    (secret,) = out.secrets
    assert (secret.owner, secret.tracked_content) == ("app", {"key": key.text})
    with context(context.on.start(), out) as manager:
        assert manager.charm.keys.current() == key


def test_the_operators_own_key_goes_first(context):
    mine = Key.new()
    secret = testing.Secret({"key": mine.text})
    config = {"backup-key": secret.id}
    with keys_of(context, secrets={secret}, config=config) as manager:
        assert manager.charm.keys.current() == mine
        assert manager.charm.keys.uri == secret.id
        manager.run()


@pytest.mark.parametrize(
    ("content", "error", "why"),
    [({"other": "x"}, OperationError, "no field `key`"), ({"key": "x"}, SealError, "32 bytes")],
)
def test_a_secret_that_holds_no_key_is_named_and_not_shown(context, content, error, why):
    secret = testing.Secret(content)
    config = {"backup-key": secret.id}
    with keys_of(context, secrets={secret}, config=config) as manager:
        with pytest.raises(error, match=why):
            manager.charm.keys.current()
        assert manager.charm.keys.secrets() == {}
        manager.run()


def test_a_secret_that_is_not_granted_says_how(context):
    with keys_of(context, config={"backup-key": "secret:cn6sf5bh4d8vp5n2k9a0"}) as manager:
        with pytest.raises(OperationError, match=r"juju grant-secret secret:.* kafka"):
            manager.charm.keys.current()
        manager.run()


def test_a_replaced_key_opens_what_it_sealed_before(context):
    with keys_of(context) as manager:
        assert manager.charm.keys.replace() == ()
        old = manager.charm.keys.ensure()
        out = manager.run()
    with context(context.on.start(), out) as manager:
        (note,) = manager.charm.keys.replace()
        out = manager.run()
    with context(context.on.start(), out) as manager:
        new = manager.charm.keys.current()
        assert new.id != old.id and new.ids == (new.id, old.id)
        assert new.id in note and old.id in note and not set(new.words) & set(note.split())
        sealed = old.seal(b"plain", "0" * 64)
        assert new.unseal(sealed, "0" * 64, old.id) == b"plain"
        # Each by itself: a file may hold one of them alone.
        assert manager.charm.keys.secrets() == {
            "backup key 1": new.words[0],
            "backup key 2": old.text,
        }
        manager.run()


def test_the_operators_key_is_his_to_replace(context):
    secret = testing.Secret({"key": Key.new().text})
    with keys_of(context, secrets={secret}, config={"backup-key": secret.id}) as manager:
        assert manager.charm.keys.given and manager.charm.keys.replace() == ()
        manager.run()
