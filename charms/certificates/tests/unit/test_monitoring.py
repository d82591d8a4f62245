# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Prometheus is told of the root."""

import json

from ops import testing
from samples import CHARM

from charm import CertificatesCharm
from dataops.certificates import parse


def test_prometheus_is_told_until_when_the_root_is_good():
    context, relation = (
        testing.Context(CertificatesCharm, charm_root=CHARM),
        testing.Relation("monitoring"),
    )
    state = testing.State(leader=True, relations=[relation])
    out = context.run(context.on.start(), context.run(context.on.install(), state))
    (secret,) = [one for one in out.secrets if one.label == "root"]
    content = secret.latest_content or secret.tracked_content
    (root,) = parse(content["certificate"])
    bag = out.get_relation(relation.id).local_app_data
    groups = json.loads(bag["alert_rules"])["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    (told,) = [rule for rule in rules if "record" in rule]
    assert told["expr"] == f"vector({root.not_after.timestamp():.0f})"
    assert told["labels"]["listener"] == "root" and "juju_unit" not in told["labels"]
    assert [rule["alert"] for rule in rules if "alert" in rule] == ["RootCertificateExpires"]
    assert json.loads(bag["scrape_jobs"]) == []
