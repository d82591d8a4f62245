# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Bundles written by the tests, with two charms that can be related."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from onebox.model import Base, Charm, Endpoint, Option, ResourceSpec, StorageSpec

BASES = tuple(Base(name="ubuntu", channel=f"{n}/stable") for n in ("24.04", "22.04"))


def _end(name: str, interface: str, role: Any) -> Endpoint:
    return Endpoint(application="", name=name, interface=interface, role=role)


def _charm(name: str, *ends: Endpoint, **fields: Any) -> Charm:
    return Charm(
        url=f"local:{name}-0",
        name=name,
        revision=0,
        digest="0",
        bases=BASES,
        endpoints={e.name: e for e in ends},
        **fields,
    )


WELL = _charm(
    "well",
    _end("water", "water", "provider"),
    _end("chain", "buckets", "peer"),
    options={
        "mood": Option(type="string", default="calm"),
        "depth": Option(type="int", default=3),
        "covered": Option(type="boolean", default=False),
    },
    storage={"basin": StorageSpec(name="basin")},
    resources={"map": ResourceSpec(name="map", filename="map.txt")},
)
TAP = _charm("tap", _end("water", "water", "requirer"), _end("steam", "steam", "requirer"))


@pytest.fixture
def charms() -> dict[str, Charm]:
    """The charms by the names that the tests give to applications."""
    return {"well": WELL, "tap": TAP, "tap2": TAP}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes documents into one file beside two charms that exist."""
    for name in ("well", "tap"):
        (tmp_path / f"{name}.charm").touch()

    def make(*documents: Any, name: str = "bundle.yaml") -> Path:
        path = tmp_path / name
        path.write_text(yaml.safe_dump_all(documents))
        return path

    return make


@pytest.fixture
def two() -> dict[str, Any]:
    """A bundle of two applications."""
    return {
        "default-base": "ubuntu@24.04",
        "applications": {
            "well": {"charm": "./well.charm", "num_units": 1, "options": {"mood": "glad"}},
            "tap": {"charm": "./tap.charm", "num_units": 1},
        },
        "relations": [["well:water", "tap:water"]],
    }


OTHER = ("offers", "remotes")


@pytest.fixture
def empty() -> dict[str, Any]:
    """The snapshot of a model without anything, as far as a plan looks at it."""
    families = ("applications", "units", "machines", "relations", "charms", "sequences", *OTHER)
    return {family: {} for family in families}
