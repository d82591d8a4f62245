# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whom clients are told to trust."""

import pytest
from certificate_story import Site

from dataops.testing.authority import FakeAuthority


@pytest.fixture
def site(context, bridge, monkeypatch):
    return Site(context, bridge, monkeypatch)


def test_clients_are_told_of_another_root_before_it_signs(site):
    new = FakeAuthority("new root")
    site.state = site.root.introduce(site.state, new.pem)
    assert "not trusted yet" in site.run("check-trust", authority=new.subject)["message"]
    site.wake()
    bag = site.state.get_relation(site.query.id).local_app_data
    assert site.root.pem in bag["ca"] and new.pem in bag["ca"]
    told = site.run("check-trust", authority=new.subject)
    assert "is trusted" in told["summary"] and site.root.subject in told["trusts"]
