# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One killed broker is one event, whoever tells of it; what is not about it stays apart."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOON

from dataops.snapshot.account import Account, Finding
from dataops.snapshot.collector import Receipt
from postmortem.events import grouped
from postmortem.parts import Part, addresses
from postmortem.silence import Names
from postmortem.told import Absent, Ill
from postmortem.troubles import Trouble, merged, told

ADDRESSES = {
    "10.0.0.1": "kafka/0",
    "10.0.0.2": "kafka/1",
    "10.0.0.3": "kafka/2",
    "10.0.0.4": "data-access/0",
}
ENDED = Finding(
    severity="critical",
    title="broker ended by itself once",
    detail="terminated by SIGKILL",
    where="logs/services.log",
    at=NOON,
)
FULL = Finding(severity="critical", title="the disk is nearly full", detail="1 of 9 MiB are free")
DOWN = Finding(severity="critical", title="1 of 3 brokers are not up", detail="down: kafka/1")
REFUSED = Finding(
    severity="critical",
    title="1 of 3 brokers do not answer a customer",
    detail="10.0.0.2:9093: [Errno 111] Connection refused",
)
NOBODY = "nothing serves clients on 10.0.0.2"
SEEN = "1 of 3 brokers: 10.0.0.2:9093: [Errno 111] Connection refused"
ILLS = (
    Ill(unit="kafka/1", name="broker", detail=NOBODY, next_move="go"),
    Ill(unit="kafka/1", name="certificate", detail="the port serves none, not 22d8"),
    Ill(unit="kafka/1", name="quorum", detail="the cluster does not answer"),
    Ill(unit="data-access/0", name="brokers", detail=SEEN, next_move="juju status kafka"),
)


def account(unit, *findings):
    return Account(unit=unit, findings=findings)


def wrong(*accounts, ills=(), absent=()):
    return merged(grouped(told(accounts, ills, absent, ()), ADDRESSES))


def test_one_killed_broker_is_one_event():
    event, other = wrong(
        account("kafka/0", DOWN),
        account("kafka/1", DOWN, ENDED, FULL),
        account("kafka/2", DOWN),
        account("data-access/0", REFUSED),
        ills=ILLS,
    )
    assert (event.severity, event.title) == ("critical", "kafka/1 does not answer")
    assert event.detail == "broker ended by itself once: terminated by SIGKILL"
    assert (event.next_move, event.at) == ("go", NOON)
    assert event.link == "kafka-1/logs/services.log"
    assert set(event.units) == {"kafka/0", "kafka/1", "kafka/2", "data-access/0"}
    assert len(event.parts) == 7, "each is told below, once whoever says it"
    assert other.title == FULL.title, "another cause is another event"


def test_two_silent_brokers_are_two_events():
    both = REFUSED.model_copy(update={"detail": "10.0.0.2: refused; 10.0.0.3: Connection refused"})
    two = Ill(unit="kafka/2", name="quorum", detail="the cluster does not answer")
    lost = Ill(unit="kafka/2", name="broker", detail="nothing serves clients on 10.0.0.3")
    found = wrong(account("data-access/0", both), ills=(*ILLS, two, lost))
    assert {each.title for each in found} == {"kafka/1 does not answer", "kafka/2 does not answer"}


def test_one_voice_stays_as_it_is():
    found = wrong(account("data-access/0", REFUSED), account("spark/0", ENDED))
    assert [each.title for each in found] == [REFUSED.title, ENDED.title]
    assert [each.parts for each in found] == [(), ()]


def test_a_unit_that_came_back_has_only_its_end():
    """Nobody says that it is silent now."""
    (found,) = wrong(account("kafka/1", ENDED))
    assert found.title == ENDED.title


def test_a_lost_machine_is_one_event():
    (event,) = wrong(
        account("kafka/0", DOWN),
        absent=(Absent(unit="kafka/1", reason="it has not answered"),),
    )
    assert event.title == "kafka/1 does not answer"
    assert event.detail.startswith("kafka/1 is not in this snapshot")
    assert event.next_move == "juju status kafka"


def test_complaints_without_a_name_stay_with_who_makes_them():
    strange = Ill(unit="data-access/0", name="s3", detail="the store does not answer")
    found = wrong(account("kafka/0", DOWN), ills=(*ILLS, strange))
    assert {each.title for each in found} == {
        "kafka/1 does not answer", "health check s3 of data-access fails",
    }  # fmt: skip


TROUBLES = st.builds(
    Trouble,
    severity=st.sampled_from(["critical", "warning", "note"]),
    title=st.sampled_from(["a", "kafka/1 is down", "10.0.0.3 does not answer", "no answer", "b"]),
    units=st.tuples(st.sampled_from([*ADDRESSES.values(), "spark/0"])),
    detail=st.sampled_from(["", "10.0.0.2: refused", "Connection refused", "full"]),
    ended=st.booleans(),
    at=st.one_of(st.none(), st.just(NOON), st.just(NOON + datetime.timedelta(minutes=1))),
)


@given(st.lists(TROUBLES, max_size=12))
def test_nothing_is_hidden_and_nothing_is_milder(found):
    shown = merged(grouped(found, ADDRESSES))
    leaves = [leaf for each in shown for leaf in (each.parts or (each,))]
    said = {(leaf.title, unit) for leaf in leaves for unit in leaf.units}
    assert said == {(each.title, each.units[0]) for each in found}
    for each in shown:
        grave = any(leaf.severity == "critical" for leaf in each.parts)
        assert each.severity == "critical" or not grave


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("kafka/1 and kafka/10", ("kafka/1",)),
        ("nothing serves 10.0.0.1.", ("kafka/0",)),
        ("10.0.0.11 and 110.0.0.1", ()),
        ("https://10.0.0.3:8080/x, then kafka/0:", ("kafka/2", "kafka/0")),
        ("my-kafka/1", ()),
    ],
)
def test_units_are_found_by_name_and_address(text, units):
    assert Names(ADDRESSES).of(text) == units


def test_nobody_is_named_where_nobody_is_known():
    assert Names({}).of("10.0.0.1") == ()


def test_addresses_are_those_that_the_relations_tell(tmp_path):
    bag = {"ingress-address": "10.0.0.2", "egress-subnets": "10.0.0.2/32"}
    ours = {"relations": {"peers": [{"id": 1, "bags": {"kafka/1": bag, "kafka": {"a": "b"}}}]}}
    for folder, content in (("a-0", ours), ("b-0", {"relations": ["odd"]}), ("c-0", [])):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "model.json").write_text(json.dumps(content))
    (tmp_path / "d-0").mkdir()
    receipt = Receipt(unit="x", bytes=1, sha256="0", received=NOON)
    parts = [
        Part(account("x/0"), tmp_path / folder, receipt, None)
        for folder in ("a-0", "b-0", "c-0", "d-0")
    ]
    assert addresses(parts) == {"10.0.0.2": "kafka/1"}
