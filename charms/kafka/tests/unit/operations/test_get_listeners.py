# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from builders import observed

from operations.get_listeners import VERB


def test_every_unit_is_there():
    result = VERB.call(observed(), None, {})
    assert result.client.addresses == ("10.0.0.1:9093", "10.0.0.2:9093", "10.0.0.3:9093")
    assert "SCRAM" in result.client.security
    assert result.metrics.addresses[0] == "10.0.0.1:9101"
