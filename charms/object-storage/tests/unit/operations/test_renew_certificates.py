# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm while its certificate changes, on a machine that behaves."""

import base64
import dataclasses
import datetime
import json

import pytest
from conftest import CHARM
from ops import testing

import charm
from dataops.certificates import Served, parse
from dataops.certificates import renewal as module
from dataops.host import services
from dataops.host.processes import Process
from dataops.testing.authority import FakeAuthority
from server import Server

DAY = datetime.timedelta(days=1)


class Story:
    """A store with a customer, over several hooks; its port serves what its process was told."""

    def __init__(self, machine, monkeypatch):
        self.machine = machine
        monkeypatch.setattr(services, "manager", lambda *_: machine.services)
        monkeypatch.setattr(charm, "Waker", lambda *_: machine.waker)
        monkeypatch.setattr("server._listens", lambda *_: "s3proxy" in machine.services.running)
        monkeypatch.setattr(charm.UnitPaths, "of", lambda _: machine.paths)
        monkeypatch.setattr(module, "ask_port", self.ask)
        monkeypatch.setattr(module, "refusal", lambda address, port, trust: "")
        starts = lambda: sum("s3proxy" in str(one) for one in machine.services.journal)  # noqa: E731
        process = property(lambda _: Process(starts(), 1.0))
        monkeypatch.setattr(Server, "process", process)
        self.context = testing.Context(charm.ObjectStorageCharm, charm_root=CHARM)
        self.root = FakeAuthority()
        relation = testing.Relation("certificates")
        kafka = {"requested-secrets": '["access-key", "secret-key", "tls-ca"]'}
        customer = testing.Relation("s3", remote_app_name="kafka", remote_app_data=kafka)
        self.customer = customer.id
        self.state = testing.State(
            leader=True, planned_units=1, relations=[relation, customer],
            storages={testing.Storage("data")},
            resources={testing.Resource(name="s3proxy", path="/dev/null")},
        )  # fmt: skip
        self.wake(self.context.on.relation_created(relation))
        self.answered()

    def ask(self, address, port):
        identity = self.files.read()
        assert (address, port) == ("192.0.2.0", 9000)
        return Served(parse(identity.chain)) if identity else None

    def wake(self, event=None):
        self.state = self.context.run(event or self.context.on.update_status(), self.state)

    def answered(self, **how):
        self.state = self.root.answer(self.state, **how)
        self.wake()

    def run(self, name="renew-certificates", **params):
        self.state = self.context.run(self.context.on.action(name, params=params), self.state)
        return self.context.action_results

    @property
    def files(self):
        return Server(self.machine.paths, None, None, None).identity

    @property
    def serial(self):
        return self.files.read().leaf.serial

    @property
    def message(self):
        return self.state.unit_status.message


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


def test_prometheus_is_told_until_when_the_certificate_is_good(story):
    relation = testing.Relation("monitoring", remote_app_name="prometheus")
    story.state = dataclasses.replace(story.state, relations={*story.state.relations, relation})
    story.wake()
    bag = story.state.get_relation(relation.id).local_app_data
    *_, group = json.loads(bag["alert_rules"])["groups"]
    (rule,) = group["rules"]
    assert rule["expr"] == f"vector({story.files.read().leaf.not_after.timestamp():.0f})"
    assert rule["labels"]["listener"] == "s3" and json.loads(bag["scrape_jobs"]) == []


def test_another_root_restarts_nothing_and_customers_are_told(story):
    journal, new = list(story.machine.services.journal), FakeAuthority("new root")
    story.state = story.root.introduce(story.state, new.pem)
    story.wake()
    told = story.run("check-trust", authority=new.subject)
    assert "is trusted" in told["summary"]
    answer = story.state.get_relation(story.customer).local_app_data
    told = {base64.b64decode(one).decode() for one in json.loads(answer["tls-ca-chain"])}
    assert told == {story.root.pem.strip(), new.pem.strip()}
    assert story.machine.services.journal == journal


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
