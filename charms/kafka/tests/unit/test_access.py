# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from builders import request

from access import acls_for, principal


def texts(found):
    return {
        f"{acl.operation} {acl.resource} {acl.name}{'*' if acl.prefixed else ''}"
        for acl in acls_for(found)
    }


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (("producer",), {"WRITE TOPIC orders", "DESCRIBE TOPIC orders", "CREATE TOPIC orders"}),
        (
            ("consumer",),
            {"READ TOPIC orders", "DESCRIBE TOPIC orders", "READ GROUP relation-7-*"},
        ),
        (
            ("admin",),
            {
                "ALL CLUSTER kafka-cluster",
                "ALL TOPIC *",
                "ALL GROUP *",
                "ALL TRANSACTIONAL_ID *",
            },
        ),
        ((), set()),
    ],
)
def test_what_a_role_allows(roles, expected):
    assert texts(request(roles=roles)) == expected


def test_a_star_at_the_end_is_a_prefix():
    assert "WRITE TOPIC orders-*" in texts(request(topic="orders-*", roles=("producer",)))


def test_every_permission_is_the_user_s_own():
    assert {acl.principal for acl in acls_for(request())} == {principal("relation-7")}
