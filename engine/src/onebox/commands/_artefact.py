# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the argument of `juju deploy` means: a charm file, a bundle, or a mistake."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from onebox.console import tell
from onebox.errors import Refused

if TYPE_CHECKING:
    from onebox.model import Charm


@dataclass(frozen=True)
class Artefact:
    """A file on this machine and what it is."""

    path: Path
    kind: Literal["charm", "bundle"]


def find(text: str) -> Artefact:
    """What lies at `text`; Refused, with Juju's words where it has any, for everything else."""
    if text.startswith("local:"):
        text = text.removeprefix("local:")
    elif not text.startswith((".", "/", "~")):
        _refuse_name(text)
    path = Path(text).expanduser()
    if not path.exists():
        raise Refused(f'no charm was found at "{text}"', "not-found")
    path = path.resolve()
    return _folder(path, text) if path.is_dir() else _file(path, text)


def _refuse_name(text: str) -> None:
    if Path(text).exists():
        raise Refused(
            f'The charm or bundle "{text}" is ambiguous.\n'
            f"To deploy a local charm or bundle, run `juju deploy ./{text}`.\n"
            f"To deploy a charm or bundle from CharmHub, run `juju deploy ch:{text}`."
        )
    name = text.removeprefix("ch:")
    raise Refused(
        f'cannot find "{name}" in a charm store, for this engine has none; give the path of a '
        f"packed charm, such as ./{name}.charm",
        "not-found",
    )


def _folder(path: Path, text: str) -> Artefact:
    if (path / "bundle.yaml").is_file():
        return Artefact(path / "bundle.yaml", "bundle")
    packed = sorted(path.glob("*.charm"))
    if len(packed) == 1:
        tell(f'Juju 4 deploys packed charms only: taking "{packed[0].name}" in "{text}".')
        return Artefact(packed[0], "charm")
    refused = f'attempting to deploy "{text}": deploying from directory not supported'
    if (path / "charmcraft.yaml").is_file() or (path / "metadata.yaml").is_file():
        refused += f"\n{_advice(path, packed)}"
    raise Refused(refused)


def _advice(path: Path, packed: list[Path]) -> str:
    if packed:
        listed = ", ".join(f"{path.name}/{file.name}" for file in packed)
        return f"Name one of the packed charms in it: {listed}"
    return f"Pack it first: tools/pack.py {path.name}"


def _file(path: Path, text: str) -> Artefact:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as file:
            names = set(file.namelist())
        bundle = "bundle.yaml" in names and "metadata.yaml" not in names
        return Artefact(path, "bundle" if bundle else "charm")
    if path.suffix in (".yaml", ".yml", ".bundle"):
        return Artefact(path, "bundle")
    raise Refused(f'invalid charm or bundle provided at "{text}"')


def refuse_unmet(charm: Charm, application: str, *, force: bool) -> None:
    """Refuse a charm that assumes another Juju, unless by force."""
    if charm.unmet and not force:
        raise Refused(f'cannot deploy "{application}": {charm.unmet}')
