# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

from dataops.certificates import expiry_rules

END = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


def test_each_port_has_a_series_of_its_own_with_the_moment_of_the_end():
    labels = {"juju_application": "web", "juju_unit": "web/0"}
    group = expiry_rules(labels, {"web": 443, "admin": 444}, END)
    assert group["name"] == "web_0_certificates"
    assert [rule["labels"] for rule in group["rules"]] == [
        {**labels, "listener": "admin", "port": "444"},
        {**labels, "listener": "web", "port": "443"},
    ]
    assert {rule["expr"] for rule in group["rules"]} == {f"vector({END.timestamp():.0f})"}
