# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""prometheus_scrape: the published bytes on the way out, and tolerance on the way in."""

import json
import pathlib

import ops
import pytest
from ops import testing

from dataops.interfaces.prometheus_scrape import MetricsConsumer, MetricsProvider, ScrapedUnit

UUID = "00000000-0000-4000-8000-000000000001"
JOBS = [{"job_name": "broker", "static_configs": [{"targets": ["*:9101"]}]}]
RULE = """
alert: KafkaDown
expr: up{%%juju_topology%%} == 0
for: 1m
labels: {severity: critical}
"""
PUBLISHED_APP = {
    "scrape_jobs": json.dumps(
        [{"metrics_path": "/metrics", "static_configs": [{"targets": ["*:4080"]}]}]
    ),
    "scrape_metadata": json.dumps(
        {
            "model": "cos",
            "model_uuid": UUID,
            "application": "zinc-k8s",
            "unit": "zinc-k8s/0",
            "charm_name": "zinc-k8s",
        }
    ),
    "alert_rules": json.dumps(
        {"groups": [{"name": "g", "rules": [{"alert": "Up", "expr": "up == 1"}]}]}
    ),
}
PUBLISHED_UNIT = {
    "prometheus_scrape_unit_address": "zinc-k8s-0.zinc-k8s-endpoints.cos.svc.cluster.local",
    "prometheus_scrape_unit_name": "zinc-k8s/0",
    "prometheus_scrape_unit_path": "",
    "prometheus_scrape_unit_fqdn": "zinc-k8s-0",
}


class Provider(ops.CharmBase):
    rules: pathlib.Path | None = None

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.metrics = MetricsProvider(self, "monitoring", JOBS, self.rules)
        framework.observe(self.on.update_status, self.reconcile)

    def reconcile(self, _: ops.EventBase):
        self.metrics.publish()


class Consumer(ops.CharmBase):
    refusals: dict[int, str] = {}  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.metrics = MetricsConsumer(self, "monitoring")
        framework.observe(self.on.update_status, self.reconcile)

    def reconcile(self, _: ops.EventBase):
        self.metrics.refuse(self.refusals)


PROVIDER_META = {"name": "kafka", "provides": {"monitoring": {"interface": "prometheus_scrape"}}}
CONSUMER_META = {
    "name": "prometheus-bridge",
    "requires": {"monitoring": {"interface": "prometheus_scrape"}},
}


def published(tmp_path, *, leader, files=None, networks=()):
    """The provider's relation after its road was taken once."""
    for name, text in (files or {}).items():
        (tmp_path / name).write_text(text)
    charm = type("RuledProvider", (Provider,), {"rules": tmp_path})
    context = testing.Context(charm, meta=PROVIDER_META)
    relation = testing.Relation("monitoring")
    state = testing.State(
        leader=leader,
        relations=[relation],
        networks=networks,
        model=testing.Model(name="demo", uuid=UUID),
    )
    return context.run(context.on.update_status(), state).get_relation(relation.id)


def sources(*relations):
    context = testing.Context(Consumer, meta=CONSUMER_META)
    state = testing.State(relations=list(relations))
    with context(context.on.update_status(), state) as manager:
        return manager.charm.metrics.sources()


def remote(app=PUBLISHED_APP, units=None, **kwargs):
    return testing.Relation(
        "monitoring",
        remote_app_name="zinc",
        remote_app_data=app,
        remote_units_data=units if units is not None else {0: PUBLISHED_UNIT},
        **kwargs,
    )


def test_every_unit_publishes_where_it_is(tmp_path):
    relation = published(tmp_path, leader=False)

    assert relation.local_unit_data["prometheus_scrape_unit_address"] == "192.0.2.0"
    assert relation.local_unit_data["prometheus_scrape_unit_name"] == "kafka/0"
    assert relation.local_app_data == {}


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (["fd00::7", "10.1.2.3"], "10.1.2.3"),
        (["fd00::7", "fd00::8"], "fd00::7"),
        # Others come in by the second: the first is a bridge of the machine's own.
        (["172.17.0.1", "192.0.2.0"], "192.0.2.0"),
    ],
)
def test_a_unit_is_where_its_workload_listens(tmp_path, addresses, told):
    bound = testing.BindAddress([testing.Address(each) for each in addresses])
    network = testing.Network("monitoring", [bound], ingress_addresses=["192.0.2.0"])
    relation = published(tmp_path, leader=False, networks=[network])
    assert relation.local_unit_data["prometheus_scrape_unit_address"] == told


def test_the_leader_publishes_jobs_topology_and_rules(tmp_path):
    bag = published(tmp_path, leader=True, files={"down.rule": RULE}).local_app_data

    assert json.loads(bag["scrape_jobs"]) == JOBS
    assert json.loads(bag["scrape_metadata"]) == {
        "model": "demo",
        "model_uuid": UUID,
        "application": "kafka",
        "unit": "kafka/0",
        "charm_name": "kafka",
    }
    (group,) = json.loads(bag["alert_rules"])["groups"]
    assert group["name"] == "demo_00000000_kafka_down_alerts"
    (rule,) = group["rules"]
    matchers = f'juju_model="demo",juju_model_uuid="{UUID}",juju_application="kafka"'
    assert rule["expr"] == f"up{{{matchers}}} == 0"
    assert rule["labels"] == {
        "severity": "critical",
        "juju_model": "demo",
        "juju_model_uuid": UUID,
        "juju_application": "kafka",
        "juju_charm": "kafka",
    }


def test_a_published_source_is_read():
    (source,) = sources(remote())

    assert source.application == "zinc"
    assert source.problems == ()
    assert source.topology is not None and source.topology.application == "zinc-k8s"
    assert source.jobs[0].static_configs[0].targets == ("*:4080",)
    address = PUBLISHED_UNIT["prometheus_scrape_unit_address"]
    assert source.units == (ScrapedUnit("zinc-k8s/0", address),)
    assert source.alert_rules["groups"][0]["name"] == "g"


def test_fields_of_a_job_that_are_prometheus_own_are_kept():
    jobs = [{"scheme": "https", "static_configs": [{"targets": ["*:1"]}]}]
    (source,) = sources(remote({**PUBLISHED_APP, "scrape_jobs": json.dumps(jobs)}))

    assert source.jobs[0].model_dump(exclude_unset=True)["scheme"] == "https"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("scrape_jobs", "not json"),
        ("scrape_jobs", '{"a": 1}'),
        ("scrape_metadata", '{"model": 1}'),
        ("alert_rules", "[]"),
    ],
)
def test_a_field_that_does_not_read_costs_only_itself(field, text):
    (source,) = sources(remote({**PUBLISHED_APP, field: text}))

    assert len(source.problems) == 1 and source.problems[0].startswith(field)
    assert source.units
    assert bool(source.jobs) == (field != "scrape_jobs")
    assert bool(source.alert_rules) == (field != "alert_rules")


def test_a_relation_without_data_yet_is_a_source_without_jobs():
    (source,) = sources(remote({}, units={0: {}}))

    assert (source.jobs, source.units, source.topology, source.problems) == ((), (), None, ())


def test_the_older_key_of_a_unit_address_is_read():
    (source,) = sources(remote(units={1: {"prometheus_scrape_host": "10.0.0.9"}}))

    assert source.units == (ScrapedUnit("zinc/1", "10.0.0.9"),)


def test_a_refusal_is_told_and_withdrawn():
    bad, good = remote(id=7), remote(id=8, local_app_data={"event": '{"errors": "old"}'})
    charm = type("Refusing", (Consumer,), {"refusals": {7: "rule X: parse error"}})
    context = testing.Context(charm, meta=CONSUMER_META)
    state = testing.State(leader=True, relations=[bad, good])
    out = context.run(context.on.update_status(), state)

    told = json.loads(out.get_relation(7).local_app_data["event"])
    assert told == {"errors": "rule X: parse error", "valid": False}
    assert json.loads(out.get_relation(8).local_app_data["event"]) == {"valid": True}


def test_the_provider_hears_the_refusal():
    context = testing.Context(Provider, meta=PROVIDER_META)
    event = json.dumps({"errors": "rule X: parse error", "valid": False})
    relation = testing.Relation(
        "monitoring", remote_app_name="prometheus", remote_app_data={"event": event}
    )
    state = testing.State(relations=[relation])
    with context(context.on.update_status(), state) as manager:
        assert manager.charm.metrics.refusals() == {"prometheus": "rule X: parse error"}
