# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where the accounts are kept, and what their hashes are."""

import json

import bcrypt
from story import Story

from accounts import Accounts
from ledger import made


def test_a_hash_is_of_its_password():
    account = made("admin")
    assert len(account.password) == 32
    assert bcrypt.checkpw(account.password.encode(), account.hashed.encode())


def test_the_application_alone_may_read_its_accounts(context, bridge):
    story = Story(context, bridge)
    secret = next(one for one in story.state.secrets if one.label == "web-accounts")
    assert secret.owner == "app" and not secret.remote_grants
    kept = Accounts.from_text(secret.latest_content["accounts"])
    assert set(kept.users) == story.users


def test_a_unit_tells_the_others_where_it_is_and_who(context, bridge):
    story = Story(context, bridge)
    bag = story.state.get_relation(story.peers.id).local_unit_data
    assert bag["url"].startswith("http://") and json.loads(bag["works-with"]) == ["prometheus"]
