# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm while its certificate changes: what is served is what lies on the disk."""

import dataclasses
import datetime
import json

import pytest
from ops import testing
from story import Story

from dataops.certificates import Served, parse
from dataops.certificates import renewal as module
from dataops.testing.authority import FakeAuthority
from plan import Serve

DAY = datetime.timedelta(days=1)


class Site(Story):
    """A deployment whose provider signs what it is asked for."""

    def __init__(self, context, bridge, monkeypatch):
        monkeypatch.setattr(module, "ask_port", self.ask)
        monkeypatch.setattr(module, "refusal", lambda address, port, trust: "")
        super().__init__(context, bridge)
        self.root, relation = FakeAuthority(), testing.Relation("certificates")
        self.replace(relation)
        self.wake(context.on.relation_created(relation))
        self.answered()

    def ask(self, address, port):
        identity = self.bridge.files.read()
        assert (address, port) == ("192.0.2.0", 9090)
        return Served(parse(identity.chain)) if identity else None

    def answered(self, **how):
        self.state = self.root.answer(self.state, **how)
        (relation,) = self.state.get_relations("certificates")
        self.wake(self.context.on.relation_changed(relation))

    def run(self, name="renew-certificates", **params):
        self.state = self.context.run(self.context.on.action(name, params=params), self.state)
        return self.context.action_results

    @property
    def message(self):
        return self.state.unit_status.message

    @property
    def serial(self):
        return self.bridge.files.read().leaf.serial


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


def test_every_certificate_is_listed_with_who_is_trusted(site):
    (found,) = json.loads(site.run("list-certificates")["certificates"])
    assert (found["listener"], found["serial"]) == ("web", site.serial)
    assert found["trusts"] == [site.root.subject]
    assert found["sans"][0] == "192.0.2.0"
    told = site.run("check-trust", authority=site.root.subject)
    assert "is trusted" in told["summary"]


def test_without_a_provider_there_is_none_to_list_or_renew(context, bridge):
    story = Story(context, bridge)
    for name in ("list-certificates", "renew-certificates"):
        context.run(context.on.action(name), story.state)
        found = context.action_results
        assert "takes no certificate" in found["summary"] or found["certificates"] == "[]"


def test_clients_are_told_of_another_root_before_it_signs(site):
    new = FakeAuthority("new root")
    site.state = site.root.introduce(site.state, new.pem)
    site.wake()
    bag = site.state.get_relation(site.query.id).local_app_data
    assert site.root.pem in bag["ca"] and new.pem in bag["ca"]


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
