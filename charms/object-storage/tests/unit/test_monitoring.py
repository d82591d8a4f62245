# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Prometheus is told of the certificate."""

import dataclasses
import json

import pytest
from certificate_story import Story
from ops import testing


@pytest.fixture
def story(machine, monkeypatch):
    return Story(machine, monkeypatch)


def test_prometheus_is_told_until_when_the_certificate_is_good(story):
    relation = testing.Relation("monitoring", remote_app_name="prometheus")
    story.state = dataclasses.replace(story.state, relations={*story.state.relations, relation})
    story.wake()
    bag = story.state.get_relation(relation.id).local_app_data
    *_, group = json.loads(bag["alert_rules"])["groups"]
    (rule,) = group["rules"]
    assert rule["expr"] == f"vector({story.files.read().leaf.not_after.timestamp():.0f})"
    assert rule["labels"]["listener"] == "s3" and json.loads(bag["scrape_jobs"]) == []
