# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Our bundle can be deployed as it stands and with its overlays: a dry run of all of them."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from onebox import bundle, charms
from tools import pack

ROOT = pack.ROOT
OVERLAYS = sorted(path.stem for path in (ROOT / "bundles" / "overlays").glob("*.yaml"))
FAMILIES = ("applications", "units", "machines", "relations", "charms", "sequences")
EMPTY: dict[str, Any] = {family: {} for family in (*FAMILIES, "offers", "remotes")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundles beside charms of which only the metadata was packed."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / "bundles", folder / "bundles")
    target = pack.Target("ubuntu@24.04", pack.host_python(), "amd64")
    for source in (ROOT / "charms").glob("*/charmcraft.yaml"):
        name = source.parent.name
        (folder / "charms" / name).mkdir(parents=True)
        archive = folder / "charms" / name / f"{name}_amd64.charm"
        with zipfile.ZipFile(archive, "w") as packed:
            for file, text in pack.metadata_files(yaml.safe_load(source.read_text()), target):
                packed.writestr(file, text)
    # What `tools.resources` builds for the air gap, from the same names.
    for name in ("kafka", "spark", "prometheus"):
        built = folder / ".cache" / "resources" / f"{name}.tar.gz"
        built.parent.mkdir(parents=True, exist_ok=True)
        built.touch()
    return folder


@pytest.fixture
def dry_run(folder: Path) -> Callable[..., list[str]]:
    """The lines that `juju deploy --dry-run` prints."""

    def lines(*overlays: str) -> list[str]:
        named = [folder / "bundles" / "overlays" / f"{name}.yaml" for name in overlays]
        wanted = bundle.read(folder / "bundles" / "dataops.yaml", named)
        found = {
            name: charms.read(Path(spec.charm))
            for name, spec in wanted.applications.items()
            if spec is not None
        }
        assert bundle.verify(wanted, found) == []
        return [change.line for change in bundle.plan(wanted, found, EMPTY)]

    return lines


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_takes_nothing_away_that_holds_the_rest_together(
    dry_run: Callable[..., list[str]], overlay: str
) -> None:
    def related(lines: list[str]) -> set[str]:
        return {line for line in lines if line.startswith("- add relation ")}

    assert related(dry_run()) <= related(dry_run(overlay))


def test_small_has_one_kafka_unit(dry_run: Callable[..., list[str]]) -> None:
    def brokers(lines: list[str]) -> list[str]:
        return [line for line in lines if line.startswith("- add unit kafka/")]

    assert len(brokers(dry_run())) == 3
    assert len(brokers(dry_run("small"))) == 1


def test_overlays_go_together(dry_run: Callable[..., list[str]]) -> None:
    lines = dry_run(*OVERLAYS)
    assert len(lines) == len(set(lines))


def test_a_bundle_can_be_deployed_once_more() -> None:
    # Juju 4.0 gives every application the constraint of its charm's architecture, and finds a
    # charm of the model again only under the same one: "cannot deploy local charm at ...".
    for path in (ROOT / "bundles" / "dataops.yaml", *(ROOT / "bundles" / "overlays").iterdir()):
        for name, spec in yaml.safe_load(path.read_text())["applications"].items():
            if "charm" in spec:
                label = Path(spec["charm"]).stem.rpartition("_")[2]
                assert spec.get("constraints") == f"arch={label}", f"{path.name}: {name}"
