# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The facts, read once."""

import pytest
from ops import testing

from charm import CertificatesCharm
from observed import Observed


def read(state: testing.State) -> Observed:
    context = testing.Context(CertificatesCharm)
    with context(context.on.update_status(), state) as manager:
        return Observed.read(manager.charm, manager.charm.provider)


def test_options_are_read_with_their_defaults():
    config = read(testing.State()).config
    assert (config.certificate_validity, config.root_ca_validity) == (90, 3650)


@pytest.mark.parametrize(
    "option, value", [("certificate-validity", -5), ("root-ca-validity", 40000)]
)
def test_an_unusable_option_is_named_with_its_value(option, value):
    found = read(testing.State(config={option: value}))
    assert found.config is None
    assert found.config_problems[0].startswith(f"{option} is {value}: ")


def test_the_root_comes_from_the_application_s_secret(root):
    given = {"certificate": root.certificate, "private-key": root.private_key}
    secret = testing.Secret(given, owner="app", label="root")
    assert read(testing.State(secrets=[secret], leader=True)).root == root


def test_a_unit_that_does_not_lead_knows_of_no_requests(csr):
    relation = testing.Relation(
        "certificates",
        remote_units_data={0: {"certificate_signing_requests": "garbage"}},
        remote_app_name="web",
    )
    found = read(testing.State(relations=[relation]))
    assert (found.requests, found.issued, found.unreadable) == ((), (), ("web/0",))
