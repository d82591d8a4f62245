# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm while its certificate changes: what is served is what lies on the disk."""

import dataclasses
import datetime

import pytest
from certificate_story import Site
from ops import testing

from plan import Serve

DAY = datetime.timedelta(days=1)


@pytest.fixture
def site(context, bridge, monkeypatch):
    return Site(context, bridge, monkeypatch)


def test_a_renewal_is_proved_and_nothing_is_restarted(site):
    old, serve = site.serial, site.bridge.last(Serve)
    assert "is asked for" in site.run()["message"]
    assert site.message.startswith("waiting for a certificate") and site.serial == old
    # What is told to others meanwhile is what is served.
    assert site.bridge.last(Serve) == serve and serve.https
    site.answered()
    done = site.run()
    assert (done["old"], done["serial"]) == (old, site.serial) and done["old"] != done["serial"]
    assert site.bridge.last(Serve) == serve
    assert site.message.startswith("https://")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"names": ["192.0.2.9"]}, "new certificate not used: it is for 192.0.2.9"),
        ({"start": DAY}, "new certificate not used yet"),
    ],
)
def test_a_certificate_of_no_use_is_not_served_and_says_so(site, answer, said):
    old = site.serial
    site.run()
    site.answered(**answer)
    assert site.serial == old and said in site.message
    assert "the old one is served until" in site.message
    assert site.bridge.last(Serve).https


def test_a_refusal_is_told_and_the_next_call_asks_again(site):
    site.run()
    site.state = site.root.refuse(site.state)
    site.wake()
    assert site.state.unit_status.name == "blocked" and "IP_NOT_ALLOWED" in site.message
    with pytest.raises(testing.ActionFailed, match="run this again"):
        site.run()
    assert "is asked for" in site.run()["message"]
    site.answered()
    assert site.run()["serial"] == site.serial


def test_what_expired_while_everything_was_down_recovers_by_itself(site):
    site.answered(start=-2 * DAY, end=-DAY)
    assert "waiting for a certificate" in site.message
    site.answered()
    assert site.message.startswith("https://")


def test_a_provider_that_leaves_takes_https_along(site):
    (relation,) = site.state.get_relations("certificates")
    others = {one for one in site.state.relations if one.id != relation.id}
    site.state = dataclasses.replace(site.state, relations=others)
    site.wake()
    assert site.bridge.files.read() is None and not site.bridge.last(Serve).https
