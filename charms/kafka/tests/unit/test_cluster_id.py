# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import base64

from cluster_id import new_cluster_id


def test_every_one_is_new_and_no_option():
    found = {new_cluster_id() for _ in range(200)}
    assert len(found) == 200
    assert all(len(base64.urlsafe_b64decode(one + "==")) == 16 for one in found)
    assert not any(one.startswith("-") for one in found)
