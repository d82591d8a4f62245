# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from hypothesis import given
from hypothesis import strategies as st

import slots
from slots import Slots

CLIENTS = st.from_regex(r"relation-[0-9]{1,4}(-[0-9a-f]{16})?", fullmatch=True)


@given(st.dictionaries(CLIENTS, st.builds(Slots, st.integers(1, 99), st.integers(0, 99))))
def test_what_is_written_is_read_again(wanted):
    read = slots.from_text(slots.to_text(wanted))
    assert {name: read.get(name, Slots()) for name in wanted} == wanted


@given(CLIENTS, st.integers(1, 50))
def test_no_user_s_name_is_ever_used_again(client, changes):
    current, seen = Slots(), set()
    for _ in range(changes):
        seen.add(current.user(client))
        current = current.renewed()
        assert current.user(client) not in seen and current.old_user(client) in seen
        assert set(current.users(client)) == {current.user(client), current.old_user(client)}
        current = current.settled()
    assert list(current.users(client)) == [current.user(client)]
    assert slots.client_of(current.user(client)) == client


@pytest.mark.parametrize("name", ["alice", "kafka-0", "relation-", "relation-7.", "xrelation-7"])
def test_users_of_others_are_not_ours(name):
    assert slots.client_of(name) is None


def test_slots_of_clients_that_are_gone_are_forgotten():
    known = {"relation-7": Slots(2), "relation-8": Slots(3, 2)}
    assert slots.only(known, ["relation-8"]) == {"relation-8": Slots(3, 2)}
