# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whom clients are told to trust."""

from dataops.testing.authority import FakeAuthority


def test_clients_are_told_of_another_root_and_nothing_begins_anew(site):
    new = FakeAuthority("new root")
    site.started()
    site.state = site.root.introduce(site.state, new.pem)
    assert "not trusted yet" in site.run("check-trust", authority=new.subject)["message"]
    site.wake()
    assert site.started() == set()
    ca = site.told("scrape_jobs")[0]["tls_config"]["ca_file"]
    assert site.root.pem.strip() in ca and new.pem.strip() in ca
    told = site.run("check-trust", authority=new.subject)
    assert "is trusted" in told["summary"] and site.root.subject in told["trusts"]
