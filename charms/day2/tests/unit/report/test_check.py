# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import base64
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from office import Office
from world import World, plan

from journal import Kind
from report.canonical import canonical, sha256
from report.chain import reported
from report.check import problems
from signing import SigningKey

_HELD: list[Office] = []


@pytest.fixture(scope="module", autouse=True)
def office():
    """One report for all examples."""
    root = tempfile.TemporaryDirectory()
    with root, Office(Path(root.name), World({"kafka": ["kafka/0"]}, verbs=())) as found:
        for _ in range(2):
            found.world.request(plan({"verify": "healthy"}))
            found.world.drive()
            found.world.answer("kafka/0")
            found.world.drive()
        _HELD.append(found)
        yield found


def look(content=None, signed=None, **written):
    """What is found wrong with the second report, changed like this."""
    office = _HELD[-1]
    known = reported(office.world.journal, 2).model_copy(update=written)
    return problems(
        Path(known.json_file).read_bytes() if content is None else content,
        Path(known.signature_file).read_bytes() if signed is None else signed,
        known,
        office.observed().report_keys,
        office.world.journal,
    )


def original() -> bytes:
    return Path(reported(_HELD[-1].world.journal, 2).json_file).read_bytes()


def test_nothing_is_wrong_with_what_nobody_touched():
    assert look() == ()


@given(data=st.data())
def test_any_byte_that_is_changed_is_found(data):
    content = bytearray(original())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = (content[place] + data.draw(st.integers(1, 255))) % 256
    found = look(bytes(content))
    assert any("SHA-256" in each for each in found)
    assert any("signature does not fit" in each for each in found)


@given(cut=st.integers(0, 10_000), more=st.binary(max_size=20))
def test_what_is_cut_off_or_appended_is_found(cut, more):
    content = original()
    changed = content[:cut] + more
    assert bool(look(changed)) == (changed != content)


@given(st.binary(max_size=80))
def test_no_other_signature_is_taken(signature):
    assert any("signature" in each.lower() for each in look(signed=signature))


def forged(**changes) -> tuple[bytes, bytes, dict]:
    """A report changed by somebody who holds the key and owns the records of hashes."""
    value = json.loads(original())
    value["operation"].update(changes)
    key = SigningKey.generate()
    value["chain"] |= {"public_key": key.public.pem, "fingerprint": key.public.fingerprint}
    content = canonical(value)
    signature = key.sign(content)
    written = {
        "sha256": sha256(content),
        "signature": base64.b64encode(signature).decode(),
        "fingerprint": key.public.fingerprint,
    }
    return content, signature, written


def test_a_report_that_tells_another_story_than_the_journal_is_found():
    content, signature, written = forged(outcome="All went well.")
    found = " ".join(look(content, signature, **written))
    assert "another story of the operation: outcome" in found
    assert "No published key" in found


def test_what_only_a_newer_version_says_is_no_contradiction():
    value = json.loads(original())
    value["operation"]["weather"] = "fine"
    found = look(canonical(value))
    assert not [each for each in found if "another story" in each]


def test_another_spelling_of_the_same_content_is_found():
    assert any("spelt" in each for each in look(json.dumps(json.loads(original())).encode()))


def test_the_chain_is_part_of_what_is_compared():
    assert any("report before" in each for each in look(previous="00" * 32))


def test_every_report_knows_the_one_before():
    journal = _HELD[-1].world.journal
    first, second = (reported(journal, number) for number in (1, 2))
    assert (first.previous, second.previous) == ("", first.sha256)
    assert sum(record.kind is Kind.REPORTED for record in journal) == 2
