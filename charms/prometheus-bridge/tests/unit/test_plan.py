# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to steps."""

import pathlib

import pytest
from factory import CERTIFICATE, DOWN, TLS, observed, source

from dataops.certificates import TlsState
from dataops.reconciler import Leaving
from observed import Config
from plan import Admit, Configure, Install, Retire, Secure, Serve, plan


def kinds(facts):
    return [type(step) for step in plan(facts)]


def step(kind, facts):
    return next(each for each in plan(facts) if isinstance(each, kind))


def test_all_facts_give_all_steps_in_order():
    assert kinds(observed()) == [Install, Secure, Admit, Configure, Serve]


@pytest.mark.parametrize(
    "leaving",
    [Leaving("stop"), Leaving("remove"), Leaving("storage-detaching", storage="data")],
)
def test_departure_ends_everything(leaving):
    assert kinds(observed(leaving=leaving)) == [Retire]


def test_a_relation_that_goes_is_no_departure():
    assert Retire not in kinds(observed(leaving=Leaving("relation-broken", relation_id=7)))


@pytest.mark.parametrize("missing", [{"config": None}, {"data": None}])
def test_without_facts_nothing_is_touched(missing):
    assert kinds(observed(**missing)) == []


def test_nothing_starts_without_the_certificate_that_was_asked_for():
    assert kinds(observed(tls=TlsState(wanted=True))) == [Install, Admit, Configure]


def test_with_the_certificate_the_address_is_https():
    facts = observed(tls=TLS)

    assert step(Serve, facts).https
    assert step(Secure, facts).identity == CERTIFICATE
    assert step(Configure, facts).tuning.own_ca == facts.paths.etc / "web-ca.pem"
    assert facts.url == "https://10.0.0.9:9090"


def test_prometheus_knows_until_when_its_certificate_is_good():
    own, *_ = step(Configure, observed(tls=TLS)).sources
    (rule,) = [each.content for each in own.rules if "record" in each.content]
    assert rule["record"] == "tls_certificate_not_after_timestamp_seconds"
    assert rule["expr"] == f"vector({CERTIFICATE.leaf.not_after.timestamp():.0f})"
    assert rule["labels"]["juju_unit"] == "prometheus/0" and rule["labels"]["port"] == "9090"
    assert not step(Configure, observed()).sources[0].rules


def test_without_it_no_key_is_kept():
    assert step(Secure, observed()) == Secure()


def test_a_key_is_not_printed():
    assert "PRIVATE" not in repr(step(Secure, observed(tls=TLS)))


def test_samples_go_once_to_each_address():
    facts = observed(
        remote_write=("http://a", "http://b"), config=Config(remote_write_url="http://a")
    )
    assert step(Configure, facts).tuning.remote_write == ("http://a", "http://b")


def test_the_unit_s_own_rules_come_first():
    own = {"groups": [{"name": "own", "rules": [DOWN]}]}
    configure = step(Configure, observed(own_rules=own, sources=(source(DOWN),)))

    first, second = configure.sources
    assert (first.name, first.rules[0].content["expr"]) == ("own", "up == 0")
    assert 'juju_application="kafka"' in second.rules[0].content["expr"]


def test_the_options_arrive():
    config = Config(
        scrape_interval="5s", retention_time="2d", retention_size="1GB", log_level="warn", port=9
    )
    facts = observed(config=config)
    serve = step(Serve, facts)

    assert (serve.port, serve.retention_time, serve.retention_size) == (9, "2d", "1GB")
    assert serve.data == pathlib.Path("/agent/data")
    assert step(Configure, facts).tuning.scrape_interval == "5s"
