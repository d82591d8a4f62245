# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the repository's own programs importable by its tests, and knows their one option."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Lets the integration tests drive another `juju` than onebox's."""
    parser.addoption("--juju", default="", help="the juju program to test with")
