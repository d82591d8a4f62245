# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Only what the real promtool accepts is put in place, and a fault costs only itself."""

import dataclasses

import pytest
import yaml
from factory import DOWN, observed, source

from configurator import Configurator
from errors import BridgeError
from plan import Configure, Files, plan

BAD = {"alert": "Bad", "expr": "up =="}


@pytest.fixture
def configurator(promtool, tmp_path):
    (tmp_path / "etc").mkdir()
    return Configurator(Files(tmp_path / "etc"), promtool, tmp_path)


def step(tmp_path, *sources):
    facts = observed(tmp_path, sources=sources)
    (found,) = (each for each in plan(facts) if isinstance(each, Configure))
    files = Files(tmp_path / "etc")
    tuning = dataclasses.replace(found.tuning, rule_files=(str(files.rules / "*.yml"),))
    return dataclasses.replace(found, tuning=tuning)


def rule_names(configurator):
    return {
        path.name: [
            rule["alert"]
            for group in yaml.safe_load(path.read_text())["groups"]
            for rule in group["rules"]
        ]
        for path in sorted(configurator.files.rules.iterdir())
    }


def jobs(configurator):
    content = yaml.safe_load(configurator.files.config.read_text())
    return [job["job_name"] for job in content["scrape_configs"]]


def test_good_sources_are_in_place(configurator, tmp_path):
    outcome = configurator.ensure(step(tmp_path, source(DOWN)), {})

    assert outcome.refusals == ()
    assert rule_names(configurator) == {"m_12345678_kafka_7.yml": ["KafkaDown"]}
    assert jobs(configurator) == ["prometheus", "juju_m_12345678_kafka_prometheus_scrape"]


def test_a_bad_rule_is_left_out_and_the_good_ones_of_all_stay(configurator, tmp_path):
    sources = source(BAD, DOWN), source(DOWN, relation=8)

    outcome = configurator.ensure(step(tmp_path, *sources), {})

    (refusal,) = outcome.refusals
    assert (refusal.relation, refusal.what) == (7, "rule Bad")
    assert rule_names(configurator) == {
        "m_12345678_kafka_7.yml": ["KafkaDown"],
        "m_12345678_kafka_8.yml": ["KafkaDown"],
    }


def test_a_bad_job_is_left_out_and_the_others_stay(configurator, tmp_path):
    bad = source(relation=9, job_name="bad", scrape_interval="1s", scrape_timeout="9s")

    outcome = configurator.ensure(step(tmp_path, source(), bad), {})

    (refusal,) = outcome.refusals
    assert refusal.relation == 9
    assert "timeout" in refusal.reason
    assert jobs(configurator) == ["prometheus", "juju_m_12345678_kafka_prometheus_scrape"]


def test_a_refusal_is_told_every_time(configurator, tmp_path):
    bad = source(BAD, job_name="bad", scrape_interval="1s", scrape_timeout="9s")
    first = configurator.ensure(step(tmp_path, bad), {})
    assert configurator.ensure(step(tmp_path, bad), first.verdicts).refusals == first.refusals


def test_a_known_verdict_needs_no_promtool(configurator, tmp_path):
    first = configurator.ensure(step(tmp_path, source(BAD, DOWN)), {})
    configurator.promtool.is_file()
    again = dataclasses.replace(configurator, scratch=tmp_path / "absent")
    assert again.ensure(step(tmp_path, source(BAD, DOWN)), first.verdicts).refusals


def test_what_a_source_left_goes_with_it(configurator, tmp_path):
    pem = "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n"
    configurator.ensure(step(tmp_path, source(DOWN, tls_config={"ca_file": pem})), {})
    assert list(configurator.files.source_certificates.iterdir())

    configurator.ensure(step(tmp_path), {})

    assert rule_names(configurator) == {}
    assert list(configurator.files.source_certificates.iterdir()) == []
    assert jobs(configurator) == ["prometheus"]


def test_what_is_written_is_for_the_workload_only(configurator, tmp_path):
    configurator.ensure(step(tmp_path, source(DOWN)), {})
    for path in (configurator.files.config, *configurator.files.rules.iterdir()):
        assert path.stat().st_mode & 0o077 == 0


def test_the_digest_changes_with_the_content_only(configurator, tmp_path):
    configurator.ensure(step(tmp_path, source(DOWN)), {})
    before = configurator.digest()
    configurator.ensure(step(tmp_path, source(DOWN)), {})
    assert configurator.digest() == before
    configurator.ensure(step(tmp_path), {})
    assert configurator.digest() != before


def test_a_configuration_that_cannot_be_mended_leaves_the_old_one(configurator, tmp_path):
    good = step(tmp_path, source(DOWN))
    configurator.ensure(good, {})
    before = configurator.files.config.read_text()
    bad = dataclasses.replace(good.tuning, scrape_interval="never")

    with pytest.raises(BridgeError, match="the old one stays"):
        configurator.ensure(dataclasses.replace(good, tuning=bad), {})

    assert configurator.files.config.read_text() == before
