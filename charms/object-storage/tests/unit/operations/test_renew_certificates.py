# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A renewal from the first call to the proof, and all that can go wrong with it."""

import datetime

import pytest
from certificate_story import Story
from ops import testing

DAY = datetime.timedelta(days=1)


@pytest.fixture
def story(machine, monkeypatch):
    return Story(machine, monkeypatch)


def test_a_renewal_starts_the_store_anew_once_and_says_so(story):
    old, settings = story.serial, story.machine.settings
    assert "is asked for" in story.run()["message"]
    journal = list(story.machine.services.journal)
    story.wake()
    # Until it is signed, everything stays as it is.
    assert story.serial == old and story.machine.settings == settings
    assert story.machine.services.journal == journal
    story.answered()
    done = story.run()
    assert (done["old"], done["serial"]) == (old, story.serial) and old != story.serial
    assert done["restarted"] == "true" and "after a restart" in done["summary"]
    assert story.message.startswith("https://")
    restarted = list(story.machine.services.journal)
    story.wake()
    assert story.machine.services.journal == restarted != journal


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"names": ["192.0.2.9"]}, "new certificate not used: it is for 192.0.2.9"),
        ({"start": DAY}, "new certificate not used yet"),
    ],
)
def test_a_certificate_of_no_use_is_not_served(story, answer, said):
    old = story.serial
    story.run()
    story.answered(**answer)
    assert story.serial == old and said in story.message


def test_a_refusal_is_told_and_the_next_call_asks_again(story):
    story.run()
    story.state = story.root.refuse(story.state)
    story.wake()
    assert "IP_NOT_ALLOWED" in story.message
    with pytest.raises(testing.ActionFailed, match="run this again"):
        story.run()
    assert "is asked for" in story.run()["message"]
    story.answered()
    assert story.run()["serial"] == story.serial


def test_what_expired_while_everything_was_down_recovers_by_itself(story):
    story.answered(start=-2 * DAY, end=-DAY)
    assert "waiting for a certificate" in story.message
    story.answered()
    assert story.message.startswith("https://")
