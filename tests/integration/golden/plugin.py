# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Loaded into the pytest that runs a foreign suite: the two things it must not find here.

Charmhub is out of this engine's reach, so a charm of ours stands in for any-charm; and the suites
skip what a Juju 4.0 controller gets wrong, which this engine must get right: they are told 3.6.
"""

from __future__ import annotations

import json
import os
from typing import Any

import jubilant
import pytest

_STRICT_VERSION = "3.6.99"
_DEPLOY = jubilant.Juju.deploy
_CLI = jubilant.Juju.cli


def _deploy(juju: jubilant.Juju, charm: Any, *arguments: Any, **named: Any) -> None:
    if charm == "any-charm":
        named.pop("channel", None)
        arguments = arguments or ("any-charm",)
        charm = os.environ["GOLDEN_ANY_CHARM"]
    _DEPLOY(juju, charm, *arguments, **named)


def _cli(juju: jubilant.Juju, *arguments: str, **named: Any) -> str:
    printed = _CLI(juju, *arguments, **named)
    if arguments[:1] == ("status",) and "json" in arguments:
        status = json.loads(printed)
        status["model"]["version"] = _STRICT_VERSION
        printed = json.dumps(status)
    return printed


@pytest.fixture(scope="session", autouse=True)
def onebox_in_the_place_of_juju() -> None:
    """Makes every client of the suite one that meets this engine."""
    jubilant.Juju.deploy = _deploy
    jubilant.Juju.cli = _cli
