# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""prometheus_scrape: our two sides with each other, and each with the published shapes."""

import json
import pathlib

import ops
import pydantic
import pytest

from dataops.interfaces.prometheus_scrape import MetricsConsumer, MetricsProvider, ScrapedUnit
from tests.interface.wire import UUID, Bag, Side, decoded, talk

RECORDED = json.loads(
    pathlib.Path(__file__).with_name("recorded_prometheus_scrape.json").read_text()
)
JOBS = [{"job_name": "broker", "static_configs": [{"targets": ["*:9101"]}]}]
RULE = "alert: Down\nexpr: up{%%juju_topology%%} == 0\nfor: 1m\nlabels: {severity: critical}\n"


class Rule(Bag):
    """One alert."""

    alert: str
    expr: str
    duration: str = pydantic.Field(default="0s", alias="for")
    labels: dict[str, str]
    annotations: dict[str, str] = pydantic.Field(default_factory=dict)


class Group(Bag):
    """Rules that are evaluated together."""

    name: str
    rules: list[Rule]


class Groups(Bag):
    """The value of `alert_rules`; it may be an empty object."""

    groups: list[Group] = pydantic.Field(default_factory=list)


class StaticConfig(Bag):
    """Targets with equal labels."""

    targets: list[str]
    labels: dict[str, str] | None = None


class Job(Bag):
    """A job; beyond these fields it may have any of Prometheus'."""

    model_config = pydantic.ConfigDict(extra="allow")

    job_name: str | None = None
    metrics_path: str | None = None
    static_configs: list[StaticConfig]


class Metadata(Bag):
    """Where the metrics come from."""

    model: str
    model_uuid: pydantic.UUID4
    application: str
    unit: str
    charm_name: str = ""


class ProviderApplication(Bag):
    """What a provider's leader writes: all of it, always."""

    alert_rules: Groups
    scrape_jobs: list[Job]
    scrape_metadata: Metadata


class ProviderUnit(Bag):
    """What every unit of a provider writes."""

    model_config = pydantic.ConfigDict(extra="allow")

    prometheus_scrape_unit_address: str
    prometheus_scrape_unit_name: str
    prometheus_scrape_unit_path: str = ""


class RequirerApplication(Bag):
    """What a requirer's leader may write."""

    event: dict[str, object] = pydantic.Field(default_factory=dict)


class Provider(ops.CharmBase):
    """Offers metrics and one rule."""

    rules: pathlib.Path
    heard: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        metrics = MetricsProvider(self, "wire", JOBS, self.rules)
        metrics.publish()
        self.heard.clear()
        self.heard.update(metrics.refusals())


class Consumer(ops.CharmBase):
    """Reads metrics sources and refuses what it is told to."""

    refusals: dict[int, str] = {}  # noqa: RUF012
    found: list = []  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        metrics = MetricsConsumer(self, "wire")
        self.found[:] = metrics.sources()
        metrics.refuse(self.refusals)


@pytest.fixture
def provider(tmp_path):
    (tmp_path / "down.rule").write_text(RULE)
    charm = type("ThisProvider", (Provider,), {"rules": tmp_path, "heard": {}})
    return Side(charm, "provides", "prometheus_scrape", "kafka", "10.0.0.1"), charm


@pytest.fixture
def consumer():
    charm = type("ThisConsumer", (Consumer,), {"refusals": {}, "found": []})
    return Side(charm, "requires", "prometheus_scrape", "prometheus", "10.0.0.9"), charm


def test_our_provider_writes_the_published_shapes(provider):
    side, _ = provider
    side.wake()

    application = decoded(side.relation.local_app_data, ProviderApplication.model_fields)
    ProviderApplication.model_validate(application)
    ProviderUnit.model_validate(side.relation.local_unit_data)


def test_our_consumer_writes_nothing_but_its_event(consumer):
    side, charm = consumer
    charm.refusals[7] = "rule X: parse error"
    side.hear_bags("zinc", RECORDED["application"], {0: RECORDED["unit"]})
    side.wake()

    bag = decoded(side.relation.local_app_data, ["event"])
    assert RequirerApplication.model_validate(bag).event["errors"] == "rule X: parse error"


def test_our_consumer_finds_what_our_provider_offers(provider, consumer):
    talk(provider[0], consumer[0])

    (source,) = consumer[1].found
    assert source.problems == ()
    assert source.application == "kafka"
    assert source.units == (ScrapedUnit("kafka/0", "10.0.0.1"),)
    assert [job.job_name for job in source.jobs] == ["broker"]
    assert source.topology.labels == {
        "juju_model": "demo",
        "juju_model_uuid": UUID,
        "juju_application": "kafka",
        "juju_charm": "kafka",
    }
    assert source.alert_rules["groups"][0]["rules"][0]["alert"] == "Down"


def test_our_provider_hears_what_our_consumer_refuses_and_that_it_is_over(provider, consumer):
    consumer[1].refusals[7] = "rule Down: no"
    talk(provider[0], consumer[0])
    provider[0].wake()
    assert provider[1].heard == {"prometheus": "rule Down: no"}

    consumer[1].refusals.clear()
    talk(provider[0], consumer[0])
    provider[0].wake()
    assert provider[1].heard == {}


def test_the_recording_has_the_published_shape():
    application = decoded(RECORDED["application"], ProviderApplication.model_fields)
    ProviderApplication.model_validate(application)
    ProviderUnit.model_validate(RECORDED["unit"])


def test_our_consumer_reads_what_a_published_provider_wrote(consumer):
    side, charm = consumer
    side.hear_bags("zinc", RECORDED["application"], {0: RECORDED["unit"]})
    side.wake()

    (source,) = charm.found
    assert source.problems == ()
    assert source.units == (ScrapedUnit("zinc-k8s/0", "10.1.38.121"),)
    assert source.jobs[0].static_configs[0].targets == ("*:4080",)
    assert source.topology.charm_name == "zinc-k8s"


def test_our_provider_reads_what_a_published_consumer_wrote(provider):
    side, charm = provider
    side.hear_bags("prometheus-k8s", RECORDED["consumer"], {0: {}})
    side.wake()
    assert charm.heard == {"prometheus-k8s": "error validating rule Down: parse error"}
