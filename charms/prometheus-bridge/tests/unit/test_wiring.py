# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the charm is made of."""

import dataclasses
import json

from ops import testing
from story import Story

from plan import Configure


def test_it_asks_for_a_certificate_for_its_address(context, bridge):
    story = Story(context, bridge)
    relation = testing.Relation("certificates")
    story.replace(relation)
    story.wake(context.on.relation_created(relation))
    asked = story.state.get_relation(relation.id).local_unit_data["certificate_signing_requests"]
    assert "BEGIN CERTIFICATE REQUEST" in json.loads(asked)[0]["certificate_signing_request"]


def test_who_scrapes_it_gets_a_login_by_secret_and_is_waited_for(context, bridge):
    story = Story(context, bridge)
    relation = testing.Relation("self-monitoring", remote_units_data={0: {}})
    story.replace(relation)
    story.wake()
    bag = story.state.get_relation(relation.id).local_app_data
    (job,) = json.loads(bag["scrape_jobs"])
    secret = story.state.get_secret(id=job["basic_auth"]["password"])
    assert secret.latest_content["username"] == "scraper" and "scraper" in story.users

    # The other side is one of ours, and has the secret.
    said = {0: {"accepted-users": '["scraper"]'}}
    found = story.state.get_relation(relation.id)
    story.replace(dataclasses.replace(found, remote_units_data=said))
    story.ask(quiet=0)
    for _ in range(3):
        story.wake()
    assert {"scraper", "scraper.2"} <= story.users
    assert "has not taken its new credentials" in story.ask(quiet=0)


def test_it_scrapes_with_a_login_that_came_as_a_secret(context, bridge):
    story = Story(context, bridge)
    secret = testing.Secret({"username": "u", "password": "hush"}, id="secret:scrape", owner=None)
    login = {"username": "u", "password": secret.id}
    jobs = [{"basic_auth": login, "static_configs": [{"targets": ["10.0.0.1:9090"]}]}]
    source = testing.Relation(
        "monitoring", remote_app_data={"scrape_jobs": json.dumps(jobs)}, remote_units_data={0: {}}
    )
    story.replace(source)
    story.state = dataclasses.replace(story.state, secrets={*story.state.secrets, secret})
    story.wake()
    (read,) = bridge.last(Configure).sources[1:]
    assert read.jobs[0]["basic_auth"] == {"username": "u", "password": "hush"}
    assert story.state.get_relation(source.id).local_unit_data["accepted-users"] == '["u"]'
