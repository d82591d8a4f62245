# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm in Juju's hands, with a fake workload."""

import json

import ops
import pytest
from ops import testing
from story import UUID, state

from dataops.jobs import Jobs
from plan import Configure, Retire, Serve
from rules import Refusal

ADDRESS = "192.0.2.0"


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


def test_one_that_is_long_in_starting_is_looked_at_again(context, bridge, monkeypatch):
    asked = []
    monkeypatch.setattr(Jobs, "look_again", lambda _, seconds: asked.append(seconds))
    bridge.starting = True
    out = context.run(context.on.config_changed(), state())
    assert len(asked) == 1 and out.unit_status.name != "active"
    bridge.starting = False
    assert context.run(context.on.update_status(), out).unit_status.name == "active"
    assert len(asked) == 1


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
        "check-trust",
        "create-backup",
        "get-credentials",
        "health-check",
        "list-backups",
        "list-certificates",
        "list-targets",
        "prune-backups",
        "query",
        "renew-certificates",
        "restore",
        "rotate-passwords",
        "snapshot",
        "verify-backup",
    ]


def test_an_action_answers(context, bridge):
    bridge.answers = {"up": {"resultType": "vector", "result": []}}
    context.run(context.on.action("query", params={"query": "up"}), state())
    assert context.action_results == {"result-type": "vector", "result": "[]"}


def test_an_action_that_cannot_fails_with_the_reason(context, bridge):
    with pytest.raises(testing.ActionFailed, match="Cannot reach Prometheus"):
        context.run(context.on.action("query", params={"query": "up"}), state())
