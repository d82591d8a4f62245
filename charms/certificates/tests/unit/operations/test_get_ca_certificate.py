# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The root certificate, for clients outside the model."""

import pytest
from ops import testing

from charm import CertificatesCharm


def run(**state) -> dict:
    context = testing.Context(CertificatesCharm)
    context.run(context.on.action("get-ca-certificate"), testing.State(**state))
    return dict(context.action_results or {})


def test_any_unit_gives_the_certificate_and_no_key(root):
    given = {"certificate": root.certificate, "private-key": root.private_key}
    secret = testing.Secret(given, owner="app", label="root")
    results = run(secrets=[secret], leader=False)
    assert results["ca-certificate"] == root.certificate
    assert results["fingerprint-sha256"] == root.fingerprint
    assert "PRIVATE" not in str(results)


def test_before_there_is_a_root_it_says_so():
    with pytest.raises(testing.ActionFailed, match="There is no root yet"):
        run(leader=False)
