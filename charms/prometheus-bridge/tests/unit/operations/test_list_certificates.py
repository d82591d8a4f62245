# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the port shows, and who is told to trust whom."""

import json

import pytest
from certificate_story import Site
from story import Story


@pytest.fixture
def site(context, bridge, monkeypatch):
    return Site(context, bridge, monkeypatch)


def test_every_certificate_is_listed_with_who_is_trusted(site):
    (found,) = json.loads(site.run("list-certificates")["certificates"])
    assert (found["listener"], found["serial"]) == ("web", site.serial)
    assert found["trusts"] == [site.root.subject]
    assert found["sans"][0] == "192.0.2.0"


def test_without_a_provider_there_is_none_to_list_or_renew(context, bridge):
    story = Story(context, bridge)
    context.run(context.on.action("list-certificates"), story.state)
    assert context.action_results["certificates"] == "[]"
    context.run(context.on.action("renew-certificates"), story.state)
    assert "takes no certificate" in context.action_results["summary"]
