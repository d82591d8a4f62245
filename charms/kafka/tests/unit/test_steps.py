# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import steps


def test_a_key_is_not_in_a_repr():
    assert "hush" not in repr(steps.Configure({}, {"keystore.pem": "hush"}))


def test_equal_steps_are_equal_so_that_a_repeated_plan_is_seen():
    assert steps.Note({"a": "b"}) == steps.Note({"a": "b"})
