# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the ports show, and what Prometheus is told of it."""

import dataclasses
import json


def test_every_port_is_listed_with_who_is_trusted(site):
    found = json.loads(site.run("list-certificates")["certificates"])
    assert {one["listener"]: one["port"] for one in found} == {
        "worker": 8500,
        "master": 8480,
        "history": 18480,
        "flights-hourly": 4440,
        "flights-hourly metrics": 4540,
    }
    assert {one["serial"] for one in found} == {site.serial}
    assert found[0]["trusts"] == [site.root.subject]


def test_prometheus_asks_over_tls_and_knows_the_end(site):
    for job in site.told("scrape_jobs"):
        assert job["scheme"] == "https"
        assert site.root.pem.strip() in job["tls_config"]["ca_file"]
    groups = {group["name"]: group["rules"] for group in site.told("alert_rules")["groups"]}
    end = site.files.read().leaf.not_after.timestamp()
    rules = groups["spark_0_certificates"]
    assert {rule["labels"]["port"] for rule in rules} == {"8480", "8500", "18480"}
    assert {rule["expr"] for rule in rules} == {f"vector({end:.0f})"}


def test_without_a_provider_there_is_none_to_list_or_renew(site):
    (relation,) = site.state.get_relations("certificates")
    others = {one for one in site.state.relations if one.id != relation.id}
    site.state = dataclasses.replace(site.state, relations=others)
    assert json.loads(site.run("list-certificates")["certificates"]) == []
    assert "takes no certificate" in site.run()["summary"]
