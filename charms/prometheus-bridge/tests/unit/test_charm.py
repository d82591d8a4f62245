# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm in Juju's hands, with a fake workload."""

import dataclasses
import json

import ops
import pytest
from conftest import CHARM
from fake_bridge import FakeBridge
from ops import testing

import charm
from dataops.host import services
from dataops.host.paths import UnitPaths
from dataops.jobs import Jobs
from dataops.testing import FakeServices
from plan import Admit, Configure, Retire, Serve
from rules import Refusal

UUID = "12345678-0000-4000-8000-000000000000"
ADDRESS = "192.0.2.0"


@pytest.fixture
def bridge(monkeypatch, tmp_path):
    """The workload; the same over several hooks, as a real one."""
    fake_services = FakeServices()
    paths = UnitPaths(tmp_path / "workload")
    monkeypatch.setattr(services, "manager", lambda paths, unit: fake_services)
    monkeypatch.setattr(UnitPaths, "of", lambda charm: paths)
    monkeypatch.setattr(Jobs, "of", lambda charm: Jobs(paths, fake_services, charm.unit.name))
    fake = FakeBridge()

    def workload(ledger, *_, **__):
        fake.ledger = ledger
        return fake

    monkeypatch.setattr(charm, "Workload", workload)
    return fake


@pytest.fixture
def context(bridge):
    return testing.Context(charm.PrometheusBridgeCharm, charm_root=CHARM)


def state(**kwargs):
    defaults = {
        "leader": True,
        "storages": {testing.Storage("data")},
        # Nothing attached: Juju then hands out an empty file.
        "resources": {testing.Resource(name="prometheus", path="/dev/null")},
        "model": testing.Model(name="m", uuid=UUID),
    }
    return testing.State(**{**defaults, **kwargs})


def kafka(**kwargs):
    defaults = {
        "remote_app_name": "kafka",
        "remote_app_data": {
            "scrape_jobs": json.dumps(
                [{"job_name": "broker", "static_configs": [{"targets": ["*:9101"]}]}]
            ),
            "scrape_metadata": json.dumps(
                {"model": "m", "model_uuid": UUID, "application": "kafka", "unit": "kafka/0"}
            ),
        },
        "remote_units_data": {
            number: {
                "prometheus_scrape_unit_address": f"10.0.0.{number}",
                "prometheus_scrape_unit_name": f"kafka/{number}",
            }
            for number in (0, 1)
        },
    }
    return testing.Relation("monitoring", **{**defaults, **kwargs})


def test_it_serves_and_says_where(context, bridge):
    out = context.run(context.on.config_changed(), state(relations=[kafka()]))

    assert bridge.last(Serve).address == ADDRESS
    assert out.unit_status == ops.ActiveStatus(f"http://{ADDRESS}:9090 scrapes 1 application")
    assert out.workload_version == "2.42.0"
    assert out.opened_ports == {testing.TCPPort(9090)}


def test_every_unit_of_a_source_is_a_target(context, bridge):
    context.run(context.on.config_changed(), state(relations=[kafka()]))

    _, source = bridge.last(Configure).sources
    targets = [static["targets"][0] for static in source.jobs[0]["static_configs"]]
    assert targets == ["10.0.0.0:9101", "10.0.0.1:9101"]


def test_a_source_that_goes_is_gone_at_once(context, bridge):
    relation = kafka()
    context.run(context.on.relation_broken(relation), state(relations=[relation]))
    assert [source.name for source in bridge.last(Configure).sources] == ["own"]


def test_an_option_that_does_not_read_blocks_and_touches_nothing(context, bridge):
    out = context.run(context.on.config_changed(), state(config={"scrape-interval": "abc"}))

    assert bridge.steps == []
    assert isinstance(out.unit_status, ops.BlockedStatus)
    assert "juju config prometheus-bridge scrape-interval=" in out.unit_status.message


def test_without_storage_it_waits(context, bridge):
    out = context.run(context.on.install(), state(storages=set()))
    assert bridge.steps == []
    assert isinstance(out.unit_status, ops.WaitingStatus)


@pytest.mark.parametrize("event", ["stop", "remove"])
def test_it_retires_with_its_unit(context, bridge, event):
    context.run(getattr(context.on, event)(), state())
    assert bridge.steps == [Retire()]


def test_it_retires_before_its_storage_goes(context, bridge):
    storage = testing.Storage("data")
    context.run(context.on.storage_detaching(storage), state(storages={storage}))
    assert bridge.steps == [Retire()]


def test_a_refused_rule_is_named_here_and_told_to_its_author(context, bridge):
    relation = kafka()
    bridge.refusals = (Refusal(relation.id, "kafka", "rule Bad", "parse error"),)

    out = context.run(context.on.update_status(), state(relations=[relation]))

    assert isinstance(out.unit_status, ops.BlockedStatus)
    assert "rule Bad of kafka: parse error" in out.unit_status.message
    told = json.loads(out.get_relation(relation.id).local_app_data["event"])
    assert told["errors"] == "rule Bad: parse error"


def test_queries_are_offered_with_the_address(context, bridge):
    relation = testing.Relation("query")
    out = context.run(context.on.update_status(), state(relations=[relation]))
    bag = out.get_relation(relation.id).local_app_data
    assert bag["direct_url"] == f"http://{ADDRESS}:9090"
    secret = out.get_secret(id=bag["secret-user"])
    assert secret.latest_content["username"] == f"relation-{relation.id}"
    assert secret.remote_grants == {relation.id: {"remote"}}
    assert secret.latest_content["password"] not in json.dumps(bag)


def test_nothing_is_offered_that_does_not_run(context, bridge):
    bridge.failure = "Port taken: juju config <application> port=..."
    relation = testing.Relation("query")

    out = context.run(context.on.update_status(), state(relations=[relation]))

    assert out.get_relation(relation.id).local_app_data == {}
    assert out.unit_status.message == "Port taken: juju config prometheus-bridge port=..."


def test_it_is_itself_a_source(context, bridge):
    relation = testing.Relation("self-monitoring")
    out = context.run(context.on.update_status(), state(relations=[relation]))

    bag = out.get_relation(relation.id).local_app_data
    (job,) = json.loads(bag["scrape_jobs"])
    assert job["static_configs"] == [{"targets": ["*:9090"]}]
    alerts = [
        rule["alert"]
        for group in json.loads(bag["alert_rules"])["groups"]
        for rule in group["rules"]
    ]
    assert "ScrapeTargetDown" in alerts


def test_samples_go_where_relation_and_option_say(context, bridge):
    url = "http://mimir.example/api/v1/push"
    relation = testing.Relation(
        "send-remote-write", remote_units_data={0: {"remote_write": json.dumps({"url": url})}}
    )
    config = {"remote-write-url": "http://other.example/"}

    context.run(context.on.config_changed(), state(relations=[relation], config=config))

    assert bridge.last(Configure).tuning.remote_write == (url, "http://other.example/")


def test_nothing_starts_while_a_certificate_is_awaited(context, bridge):
    relation = testing.Relation("certificates")

    out = context.run(context.on.relation_created(relation), state(relations=[relation]))

    assert not any(isinstance(step, Serve) for step in bridge.steps)
    assert isinstance(out.unit_status, ops.WaitingStatus)
    asked = out.get_relation(relation.id).local_unit_data["certificate_signing_requests"]
    assert "BEGIN CERTIFICATE REQUEST" in asked


def test_the_attached_archive_is_used_and_an_empty_one_is_none(context, bridge, tmp_path):
    path = tmp_path / "prometheus.tar.gz"
    path.write_text("")
    resource = testing.Resource(name="prometheus", path=path)

    context.run(context.on.install(), state(resources={resource}))
    assert bridge.steps[0].archive is None

    path.write_text("an archive")
    context.run(context.on.upgrade_charm(), state(resources={resource}))
    assert bridge.last(type(bridge.steps[0])).archive == path


def test_the_verbs_are_offered_to_day2(context, bridge):
    relation = testing.Relation("operations")
    out = context.run(context.on.update_status(), state(relations=[relation]))
    catalogue = json.loads(out.get_relation(relation.id).local_app_data["catalogue"])
    assert [verb["name"] for verb in catalogue] == [
        "get-credentials",
        "health-check",
        "list-targets",
        "query",
        "rotate-passwords",
        "snapshot",
    ]


def test_an_action_answers(context, bridge):
    bridge.answers = {"up": {"resultType": "vector", "result": []}}
    context.run(context.on.action("query", params={"query": "up"}), state())
    assert context.action_results == {"result-type": "vector", "result": "[]"}


def test_an_action_that_cannot_fails_with_the_reason(context, bridge):
    with pytest.raises(testing.ActionFailed, match="Cannot reach Prometheus"):
        context.run(context.on.action("query", params={"query": "up"}), state())


class Story:
    """A deployment with one application that asks, and its day2."""

    def __init__(self, context, bridge, units=1):
        self.context, self.bridge = context, bridge
        self.query = testing.Relation("query", remote_app_name="day2", remote_units_data={0: {}})
        peers = {number: {} for number in range(1, units)}
        self.peers = testing.PeerRelation("peers", peers_data=peers)
        self.state = state(relations=[self.query, self.peers])
        self.wake()

    def wake(self, event=None):
        self.state = self.context.run(event or self.context.on.update_status(), self.state)

    def ask(self, **params):
        """What the action says: its message while it waits, else its results."""
        action = self.context.on.action("rotate-passwords", params=params)
        self.state = self.context.run(action, self.state)
        results = self.context.action_results
        return results.get("message") or results

    def accept(self, *users):
        relation = self.state.get_relation(self.query.id)
        said = {0: {"accepted-users": json.dumps(users)}}
        self.replace(dataclasses.replace(relation, remote_units_data=said))

    def replace(self, relation):
        others = {one for one in self.state.relations if one.id != relation.id}
        self.state = dataclasses.replace(self.state, relations=others | {relation})

    def told(self):
        """The user that the related application was told."""
        uri = self.state.get_relation(self.query.id).local_app_data["secret-user"]
        return self.state.get_secret(id=uri).latest_content["username"]

    @property
    def users(self):
        return set(self.bridge.last(Admit).users)


def test_passwords_change_while_everybody_works(context, bridge):
    story = Story(context, bridge)
    old = f"relation-{story.query.id}"
    story.accept(old)
    assert "new users are being made" in story.ask(quiet=0)
    story.wake()
    assert {old, f"{old}.2", "admin", "admin.2"} <= story.users
    assert story.told() == f"{old}.2"

    story.wake()
    assert "admin" not in story.users and old in story.users
    assert "has not taken its new credentials" in story.ask(quiet=0)

    story.accept(f"{old}.2")
    story.wake()
    assert old not in story.users and "prometheus" not in story.users
    ended = story.ask(quiet=0)
    assert "every old one is refused" in ended["summary"]
    assert len(json.loads(ended["credentials"])) == 3
    assert "new users" in story.ask(quiet=0)


def test_by_force_the_one_who_does_not_follow_is_locked_out(context, bridge):
    story = Story(context, bridge)
    old = f"relation-{story.query.id}"
    story.accept(old)
    story.ask(quiet=0)
    for _ in range(3):
        story.wake()
    assert old in story.users
    story.ask(quiet=0, force=True)
    story.wake()
    assert old not in story.users


def test_another_leader_goes_on(context, bridge):
    story = Story(context, bridge, units=2)
    story.ask(quiet=0)
    story.wake()
    before = story.users
    story.state = dataclasses.replace(story.state, leader=False)
    story.wake()
    assert story.users == before
    story.state = dataclasses.replace(story.state, leader=True)
    story.accept(f"relation-{story.query.id}.2")
    story.wake()
    story.wake()
    assert "every old one is refused" in story.ask(quiet=0)["summary"]


def test_an_old_password_that_a_unit_still_takes_is_no_success(context, bridge):
    story = Story(context, bridge, units=2)
    peers = {1: {"url": "http://10.0.0.8:9090", "works-with": '["prometheus"]'}}
    story.replace(dataclasses.replace(story.state.get_relation(story.peers.id), peers_data=peers))
    story.ask(quiet=0)
    for _ in range(3):
        story.wake()
    told = story.ask(quiet=0)
    assert "prometheus-bridge/1 has not taken its new credentials" in told


def test_without_logins_there_is_nothing_to_change(context, bridge):
    story = Story(context, bridge)
    story.state = dataclasses.replace(story.state, config={"require-password": False})
    with pytest.raises(testing.ActionFailed, match="require-password=true"):
        story.ask()
    story.wake()
    assert "secret-user" not in story.state.get_relation(story.query.id).local_app_data


def test_a_relation_that_ends_takes_its_user_and_its_secret_along(context, bridge):
    story = Story(context, bridge)
    user = f"relation-{story.query.id}"
    assert user in story.users
    story.wake(context.on.relation_broken(story.state.get_relation(story.query.id)))
    assert user not in story.users
    assert not [s for s in story.state.secrets if (s.latest_content or {}).get("username") == user]


def test_no_password_lies_in_a_databag(context, bridge):
    story = Story(context, bridge)
    story.ask(quiet=0)
    story.wake()
    hidden = {
        word
        for secret in story.state.secrets
        for key, word in (secret.latest_content or {}).items()
        if key == "password"
    }
    bags = [r.local_app_data | r.local_unit_data for r in story.state.relations]
    assert hidden and not [word for word in hidden if word in json.dumps(bags)]
