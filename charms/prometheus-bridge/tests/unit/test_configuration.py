# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Scrape jobs from relations, and the files they end in."""

import pathlib

import pytest
import yaml

from configuration import Tuning, prometheus_yml, sources, web_yml
from dataops.interfaces.prometheus_scrape import ScrapedUnit, ScrapeJob, ScrapeSource
from dataops.interfaces.topology import Topology

UUID = "12345678-0000-4000-8000-000000000000"
KAFKA = Topology(model="m", model_uuid=UUID, application="kafka", charm_name="kafka")
LABELS = {
    "juju_model": "m",
    "juju_model_uuid": UUID,
    "juju_application": "kafka",
    "juju_charm": "kafka",
}
UNITS = (ScrapedUnit("kafka/0", "10.0.0.1"), ScrapedUnit("kafka/1", "10.0.0.2"))
DIRECTORY = pathlib.Path("/etc/sources")
PEM = "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"


def source(*targets, relation=7, units=UNITS, topology=KAFKA, **job):
    declared = ScrapeJob.model_validate({"static_configs": [{"targets": list(targets)}], **job})
    return ScrapeSource(relation, "kafka", topology, (declared,), units)


def job(*args, **kwargs):
    (made,) = sources([source(*args, **kwargs)], DIRECTORY)
    assert made.refusals == ()
    (found,) = made.jobs
    return found


def test_a_wildcard_is_every_unit_with_its_labels():
    made = job("*:9101", job_name="broker")

    assert made["job_name"] == "juju_m_12345678_kafka_prometheus_scrape_broker"
    assert made["static_configs"] == [
        {"targets": ["10.0.0.1:9101"], "labels": {**LABELS, "juju_unit": "kafka/0"}},
        {"targets": ["10.0.0.2:9101"], "labels": {**LABELS, "juju_unit": "kafka/1"}},
    ]


def test_an_instance_is_named_after_its_unit():
    assert job("*:9101")["relabel_configs"][-1]["target_label"] == "instance"


def test_several_targets_of_a_unit_keep_their_addresses_as_instance():
    assert "relabel_configs" not in job("*:9101", "*:9102")


def test_an_address_that_is_a_unit_s_is_that_unit():
    (static,) = job("10.0.0.2:80")["static_configs"]
    assert static["labels"]["juju_unit"] == "kafka/1"


def test_an_address_elsewhere_carries_the_application_only():
    (static,) = job("db.example:80")["static_configs"]
    assert static == {"targets": ["db.example:80"], "labels": LABELS}


def test_a_path_before_the_metrics_path_is_the_unit_s_own():
    units = (ScrapedUnit("kafka/0", "10.0.0.1", "/m-kafka-0/"),)
    (static,) = job("*:80", units=units, metrics_path="/metrics/prom")["static_configs"]
    assert static["labels"]["__metrics_path__"] == "/m-kafka-0/metrics/prom"


def test_an_ipv6_unit_is_bracketed():
    units = (ScrapedUnit("kafka/0", "fd00::1"),)
    assert job("*:80", units=units)["static_configs"][0]["targets"] == ["[fd00::1]:80"]
    assert job("[fd00::1]:80", units=units)["static_configs"][0]["labels"]["juju_unit"]


def test_labels_of_the_charm_come_last():
    declared = {"static_configs": [{"targets": ["*:1"], "labels": {"juju_unit": "other/0"}}]}
    made = job(units=UNITS[:1], **declared)
    assert made["static_configs"][0]["labels"]["juju_unit"] == "other/0"


def test_no_units_yet_is_no_job():
    (made,) = sources([source("*:9101", units=())], DIRECTORY)
    assert made.jobs == ()


def test_without_topology_the_relation_is_the_name():
    made = job("*:1", topology=None, units=UNITS[:1])
    assert made["job_name"] == "juju_kafka_prometheus_scrape"
    assert made["static_configs"][0]["labels"] == {"juju_unit": "kafka/0"}


def test_names_that_meet_are_told_apart_by_relation():
    made = sources([source("*:1", relation=7), source("*:1", relation=9)], DIRECTORY)
    names = [each.jobs[0]["job_name"] for each in made]
    assert names == [
        "juju_m_12345678_kafka_prometheus_scrape",
        "juju_m_12345678_kafka_prometheus_scrape_9",
    ]


def test_only_what_is_allowed_passes():
    made = job("*:1", scheme="https", honor_labels=True, kubernetes_sd_configs=[{}])
    assert made["scheme"] == "https"
    assert set(made) == {"job_name", "scheme", "relabel_configs", "static_configs"}


@pytest.mark.parametrize("key", ["ca_file", "ca"])
def test_pem_text_becomes_a_file(key):
    (made,) = sources([source("*:1", tls_config={key: PEM, "server_name": "x"})], DIRECTORY)

    (name,) = made.certificates
    assert made.certificates[name] == PEM
    tls = made.jobs[0]["tls_config"]
    assert tls == {"server_name": "x", "ca_file": str(DIRECTORY / name)}


@pytest.mark.parametrize(
    "fields",
    [
        {"tls_config": {"ca_file": "/etc/shadow"}},
        {"authorization": {"credentials_file": "/etc/shadow"}},
        {"basic_auth": {"username": "u", "password_file": "/etc/shadow"}},
    ],
)
def test_a_job_that_names_a_file_of_this_machine_is_left_out(fields):
    (made,) = sources([source("*:1", job_name="spy", **fields)], DIRECTORY)

    assert made.jobs == ()
    (refusal,) = made.refusals
    assert refusal.what == "scrape job spy"
    assert "_file" in refusal.reason


def test_what_could_not_be_read_is_told():
    offered = ScrapeSource(7, "kafka", KAFKA, problems=("scrape_jobs: Invalid JSON",))
    (made,) = sources([offered], DIRECTORY)
    assert str(made.refusals[0]) == "relation data of kafka: scrape_jobs: Invalid JSON"


def tuning(**kwargs):
    values = {
        "scrape_interval": "5s",
        "external_labels": {"juju_unit": "prometheus/0"},
        "remote_write": (),
        "rule_files": ("/etc/rules/*.yml",),
        "own_target": "10.0.0.9:9090",
        "own_labels": {"juju_unit": "prometheus/0"},
        **kwargs,
    }
    return Tuning(**values)


def test_prometheus_scrapes_itself():
    content = yaml.safe_load(prometheus_yml(tuning(), []))

    (own,) = content["scrape_configs"]
    assert own["static_configs"][0]["targets"] == ["10.0.0.9:9090"]
    assert content["global"]["evaluation_interval"] == "5s"
    assert "remote_write" not in content


def test_over_https_it_trusts_its_own_ca():
    content = yaml.safe_load(prometheus_yml(tuning(own_ca=pathlib.Path("/ca.pem")), []))
    assert content["scrape_configs"][0]["tls_config"] == {"ca_file": "/ca.pem"}


def test_samples_go_to_every_address():
    content = yaml.safe_load(prometheus_yml(tuning(remote_write=("http://a", "http://b")), []))
    assert content["remote_write"] == [{"url": "http://a"}, {"url": "http://b"}]


def test_the_web_server_takes_nothing_older_than_tls_1_2():
    files = (pathlib.Path("/c.pem"), pathlib.Path("/k.pem"))
    content = yaml.safe_load(web_yml({"admin": "hash"}, files))
    assert content["basic_auth_users"] == {"admin": "hash"}
    assert content["tls_server_config"]["min_version"] == "TLS12"


def test_without_users_everybody_is_let_in():
    assert yaml.safe_load(web_yml({})) == {}


def test_it_scrapes_itself_as_a_user_of_its_own():
    told = tuning(own_user="prometheus", own_password=pathlib.Path("/etc/password-prometheus"))
    own = yaml.safe_load(prometheus_yml(told, []))["scrape_configs"][0]
    assert own["basic_auth"] == {
        "username": "prometheus",
        "password_file": "/etc/password-prometheus",
    }
