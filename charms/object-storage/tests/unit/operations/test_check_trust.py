# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whom customers are told to trust."""

import base64
import json

import pytest
from certificate_story import Story

from dataops.testing.authority import FakeAuthority


@pytest.fixture
def story(machine, monkeypatch):
    return Story(machine, monkeypatch)


def test_another_root_restarts_nothing_and_customers_are_told(story):
    journal, new = list(story.machine.services.journal), FakeAuthority("new root")
    story.state = story.root.introduce(story.state, new.pem)
    story.wake()
    told = story.run("check-trust", authority=new.subject)
    assert "is trusted" in told["summary"]
    answer = story.state.get_relation(story.customer).local_app_data
    told = {base64.b64decode(one).decode() for one in json.loads(answer["tls-ca-chain"])}
    assert told == {story.root.pem.strip(), new.pem.strip()}
    assert story.machine.services.journal == journal
