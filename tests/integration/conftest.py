# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An engine of the tests' own, or with `--juju` any other: a model for each module."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import jubilant
import pytest

HERE = Path(__file__).parent
OUR_JUJU = Path(sys.executable).parent / "juju"
_FILE, _PROGRAM = 0o100644 << 16, 0o100755 << 16


@pytest.fixture(scope="session")
def juju_binary(request: pytest.FixtureRequest) -> Path:
    """The `juju` that the tests drive."""
    named = request.config.getoption("--juju")
    found = shutil.which(named) if named else OUR_JUJU
    assert found, f"--juju {named}: there is no such program"
    return Path(found)


@pytest.fixture(scope="session")
def engine(juju_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """The root of an engine that lives as long as the tests; None when the engine is not ours."""
    if juju_binary != OUR_JUJU:
        yield None
        return
    with engine_in(tmp_path_factory.mktemp("engine"), juju_binary) as home:
        yield home


@contextlib.contextmanager
def engine_in(root: Path, juju_binary: Path) -> Iterator[Path]:
    """The root of an engine whose files all lie in the directory; nothing is left of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEBOX_HOME", str(root / "home"))
        patch.setenv("JUJU_DATA", str(root / "data"))
        patch.delenv("JUJU_MODEL", raising=False)
        try:
            yield root / "home"
        finally:
            onebox = juju_binary.with_name("onebox")
            subprocess.run([onebox, "destroy", "--yes"], check=True, timeout=600)


@pytest.fixture(scope="module")
def juju(
    juju_binary: Path, engine: Path | None, request: pytest.FixtureRequest
) -> Iterator[jubilant.Juju]:
    """A client with a fresh model, destroyed at the end of the module."""
    failed_before = request.session.testsfailed
    client = jubilant.Juju(cli_binary=os.fspath(juju_binary))
    client.add_model(f"t-{secrets.token_hex(3)}")
    try:
        yield client
    finally:
        if request.session.testsfailed > failed_before:
            print(client.cli("status", "--relations", "--storage"), file=sys.stderr)
            print(client.debug_log(limit=200), file=sys.stderr)
        assert client.model
        client.destroy_model(client.model, destroy_storage=True, force=True, timeout=600)


@pytest.fixture(scope="session")
def charm(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Packs one of the small charms beside this file, and tells where."""
    target = tmp_path_factory.mktemp("charms")

    def packed(name: str) -> Path:
        path = target / f"{name}.charm"
        if not path.exists():
            pack(HERE / "charms" / name, path)
        return path

    return packed


def pack(source: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(source.iterdir()):
            info = zipfile.ZipInfo(file.name)
            info.external_attr = _PROGRAM if os.access(file, os.X_OK) else _FILE
            archive.writestr(info, file.read_bytes())
