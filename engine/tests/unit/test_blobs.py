# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Uploaded bytes stay as long as a model names them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onebox.blobs import Blobs
from onebox.errors import Refused

if TYPE_CHECKING:
    from conftest import World


def test_blobs_go_when_no_model_names_them(world: World, tmp_path: Path) -> None:
    directory = tmp_path / "blobs"
    directory.mkdir()
    world.deploy("app")
    blobs = Blobs(directory, lambda: [world.model])
    (directory / "app0").touch()
    file = tmp_path / "file"
    file.write_text("x")
    with blobs.stored(file) as (blob,):
        assert blob.path.read_text() == "x"
        assert blob.path.stat().st_mode & 0o777 == 0o444
    blobs.sweep()
    assert [path.name for path in directory.iterdir()] == ["app0"]
    with pytest.raises(Refused, match="no such file"), blobs.stored(tmp_path / "none"):
        pass
