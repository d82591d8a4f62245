# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_authority import DAY, NOW, Authority

from dataops.certificates import Assigned, Identity, IdentityFiles, TlsState, parse

ROOT = Authority("root")
HERE = "10.0.0.1"
CLOCK = NOW.timestamp()


@dataclasses.dataclass
class Provided:
    """As the published library tells it."""

    certificate: str
    ca: str
    chain: tuple[str, ...] = ()


def handed_out(now=CLOCK, names=(HERE,), above=ROOT, told=ROOT, **more):
    certificate, key = above.issue(names=names, **more)
    answer = Provided(certificate, told.pem, (certificate, told.pem))
    return Assigned.of(answer, key, {HERE}, now)


def kept():
    certificate, key = ROOT.issue(names=(HERE,))
    return Identity(certificate, key, ROOT.pem)


def test_there_is_no_certificate_before_there_is_one():
    assert Assigned.of(None, None, {HERE}, 0) is None


def test_the_stores_of_a_certificate():
    assigned = handed_out()
    leaf, above = parse(assigned.keystore)
    assert assigned.authorities == ROOT.pem == above.pem
    assert (assigned.serial, assigned.issuer) == (leaf.serial, above.subject)
    assert assigned.expires == leaf.not_after.timestamp() and not assigned.objection
    assert "PRIVATE" not in repr(assigned)


def test_key_and_chain_can_be_had_apart():
    identity = handed_out().identity
    assert "CERTIFICATE" not in identity.key and "PRIVATE" not in identity.chain
    assert [one.serial for one in parse(identity.chain)] == [
        identity.leaf.serial, parse(ROOT.pem)[0].serial,
    ]  # fmt: skip
    assert "PRIVATE" not in repr(identity)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"names": ("192.0.2.0",)}, "it is for 192.0.2.0, not for 10.0.0.1"),
        ({"end": NOW - DAY / 2}, "expired"),
        ({"start": NOW + DAY}, "compare the clocks"),
        ({"above": Authority("other")}, "not among the authorities"),
    ],
)
def test_what_clients_would_refuse_is_not_served(answer, why):
    assigned, old = handed_out(**answer), kept()
    assert why in assigned.objection
    state = TlsState(True, assigned, kept=old, now=CLOCK)
    assert state.identity == old and not state.awaited
    told = f"{state.trouble} {state.waiting}"
    assert why in told and "the old one is served until" in told
    # Only a clock sets itself right.
    assert state.useless is ("start" not in answer) is bool(state.trouble)
    first = TlsState(True, assigned, now=CLOCK)
    assert first.awaited and first.identity is None


def test_a_good_one_takes_the_place_of_the_old():
    assigned = handed_out()
    state = TlsState(True, assigned, kept=kept(), now=CLOCK)
    assert state.identity == assigned.identity
    assert not (state.trouble or state.waiting or state.useless or state.overdue)


@given(
    related=st.booleans(),
    handed=st.sampled_from([None, handed_out(), handed_out(names=("192.0.2.0",))]),
    denied=st.sampled_from(["", "IP_NOT_ALLOWED: no"]),
    before=st.sampled_from([None, kept()]),
    later=st.integers(-20, 20),
)
def test_every_state_is_clear_and_never_without_what_there_was(
    related, handed, denied, before, later
):
    now = CLOCK + later * 86400
    state = TlsState(related, handed, denied, before, now)
    if related:
        # Whoever was let in before is never locked out by what comes.
        assert before is None or state.identity is not None
        # Either it serves what was handed out, or it says what has to happen.
        fine = handed is not None and state.identity == handed.identity and not denied
        assert fine or state.trouble or state.waiting
    else:
        assert state.identity is None and not state.awaited


def test_what_expired_meanwhile_says_so():
    late = CLOCK + 30 * 86400
    state = TlsState(True, handed_out(), kept=kept(), now=late)
    assert state.overdue
    waits = TlsState(True, None, kept=kept(), now=late)
    assert "the old one expired on" in waits.waiting


def test_files_hold_what_is_served_and_nothing_afterwards(tmp_path):
    files, identity = IdentityFiles(tmp_path, "web"), kept()
    assert files.read() is None
    assert files.ensure(identity) and not files.ensure(identity)
    assert files.read() == identity
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert files.ensure(None) and not files.ensure(None)
    assert not list(tmp_path.iterdir())
