# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An engine of the tests' own whose models have machines that boot.

Run by name and as root; the first machine of a release takes minutes, for its image is built:

    sudo .venv/bin/pytest tests/systemd
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jubilant
import pytest

from tests.integration.conftest import pack

BIN = Path(sys.executable).parent
SMALL_CHARMS = Path(__file__).parents[1] / "integration" / "charms"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The root of an engine that ends with the tests."""
    if os.geteuid():
        pytest.skip("machines that boot need root: sudo .venv/bin/pytest tests/systemd")
    root = tmp_path_factory.mktemp("engine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEBOX_HOME", str(root / "home"))
        patch.setenv("JUJU_DATA", str(root / "data"))
        patch.delenv("JUJU_MODEL", raising=False)
        try:
            yield root / "home"
        finally:
            subprocess.run([BIN / "onebox", "destroy", "--yes"], check=True, timeout=600)


@pytest.fixture(scope="module")
def juju(home: Path) -> Iterator[jubilant.Juju]:
    """A client with a model of machines that boot; building their image may take a while."""
    client = jubilant.Juju(cli_binary=str(BIN / "juju"), wait_timeout=1200)
    client.add_model("booted", config={"machine-backend": "nspawn"})
    yield client
    client.destroy_model("booted", destroy_storage=True, force=True, timeout=600)


@pytest.fixture(scope="session")
def charm(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Packs one of the small charms of the integration tests, and tells where."""
    target = tmp_path_factory.mktemp("charms")

    def packed(name: str) -> Path:
        pack(SMALL_CHARMS / name, target / f"{name}.charm")
        return target / f"{name}.charm"

    return packed


def onebox(*arguments: str) -> None:
    """Runs `onebox`."""
    subprocess.run([BIN / "onebox", *arguments], check=True, timeout=120)
