# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An operator reads our messages as we wrote them."""

import pytest

from dataops.operations import explain
from errors import ApiError, BridgeError, InstallError


@pytest.mark.parametrize("kind", [ApiError, BridgeError, InstallError])
def test_the_message_stands_alone(kind):
    assert explain(kind("Port 9090 is taken")) == "Port 9090 is taken"
