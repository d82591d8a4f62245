# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import ops
import ops.testing
import pytest

from observed import PEERS
from report_key import LABEL, published, signing_key

META = {"name": "day2", "peers": {PEERS: {"interface": "day2_peers"}}}


def run(state, ask):
    """What `ask(charm)` gives in a hook, and the state after it."""
    context = ops.testing.Context(ops.CharmBase, meta=META)
    with context(context.on.update_status(), state) as manager:
        found = ask(manager.charm)
        return found, manager.run()


def key(charm):
    return signing_key(charm, PEERS)


START = ops.testing.State(leader=True, relations=[ops.testing.PeerRelation(PEERS)])


def test_the_leader_makes_a_key_once_and_later_leaders_read_it():
    made, state = run(START, key)
    (secret,) = state.secrets
    assert (secret.owner, secret.label) == ("app", LABEL)
    again, state = run(state, key)
    assert again.public == made.public
    assert len(state.secrets) == 1


def test_only_the_public_half_is_in_the_databag():
    made, state = run(START, key)
    (peers,) = state.relations
    text = json.dumps(peers.local_app_data)
    assert (
        made.public.fingerprint
        == run(state, lambda c: published(c.model, PEERS))[0][0].fingerprint
    )
    assert "PRIVATE" not in text
    assert "secret:" in text


@pytest.mark.parametrize("content", [None, {"private-key": "spoilt"}, {"other": "content"}])
def test_a_secret_that_is_lost_or_spoilt_is_replaced_and_the_old_key_stays_published(content):
    made, state = run(START, key)
    (secret,) = state.secrets
    kept = (
        []
        if content is None
        else [ops.testing.Secret(content, id=secret.id, owner="app", label=LABEL)]
    )
    new, state = run(ops.testing.State(leader=True, relations=state.relations, secrets=kept), key)
    assert new.public != made.public
    keys, _ = run(state, lambda charm: published(charm.model, PEERS))
    assert keys == (made.public, new.public)


def test_without_peers_there_is_no_key_to_publish():
    state = ops.testing.State(leader=True)
    with pytest.raises(ops.RelationNotFoundError):
        run(state, key)
    assert run(state, lambda charm: published(charm.model, PEERS))[0] == ()
