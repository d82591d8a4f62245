# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The units' archives, opened below one directory: verified, bounded, and read."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pydantic

from dataops.host.files import ensure_absent
from dataops.snapshot import manifest, timeline
from dataops.snapshot.account import NAME, TIMELINE, Account, Piece
from dataops.snapshot.collector import RECEIPT, SUFFIX, Receipt
from dataops.snapshot.package import PackageError, unpack
from postmortem.told import Absent

# A unit's own limit, and some room for one that is not ours.
_MOST_BYTES = 96 << 20
# What a unit knows of the model.
MODEL = "model.json"


@dataclasses.dataclass(frozen=True)
class Part:
    """One unit's part.

    Attributes:
        account: what the unit says of it.
        folder: where it is.
        receipt: what the collector says of it.
        timeline: its timeline; None when it has none that is one.
    """

    account: Account
    folder: Path
    receipt: Receipt
    timeline: Path | None


def opened(incoming: Path, target: Path) -> tuple[tuple[Part, ...], tuple[Absent, ...]]:
    """Every part that is whole, and the reason for each that is not."""
    parts: list[Part] = []
    absent: list[Absent] = []
    for archive in sorted(incoming.glob(f"*{SUFFIX}")):
        folder = archive.name.removesuffix(SUFFIX)
        try:
            parts.append(_open(archive, target / folder))
        except (PackageError, ValueError, OSError) as error:
            ensure_absent(target / folder)
            unit = "/".join(folder.rsplit("-", 1))
            absent.append(Absent(unit=unit, reason=f"its archive cannot be used: {error}"))
    return tuple(parts), tuple(absent)


def addresses(parts: Iterable[Part]) -> dict[str, str]:
    """The units' names by their addresses, as the relations of all of them say."""
    found: dict[str, str] = {}
    for part in parts:
        # One that is not ours may tell anything.
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            found |= _addresses(json.loads((part.folder / MODEL).read_text()))
    return found


def _addresses(model: dict[str, Any]) -> dict[str, str]:
    """Those that one unit knows of others."""
    relations = [each for several in model["relations"].values() for each in several]
    bags = [(unit, bag) for relation in relations for unit, bag in relation["bags"].items()]
    return {bag["ingress-address"]: unit for unit, bag in bags if bag.get("ingress-address")}


def _open(archive: Path, folder: Path) -> Part:
    """One part.

    Raises:
        ValueError: it is not what was uploaded.
    """
    receipt_path = archive.with_name(archive.name.removesuffix(SUFFIX) + RECEIPT)
    receipt = Receipt.model_validate_json(receipt_path.read_text())
    if manifest.digest(archive) != receipt.sha256:
        raise ValueError("it is not what was uploaded")
    folder.mkdir(parents=True)
    unpack(archive, folder, _MOST_BYTES)
    line = folder / TIMELINE
    return Part(
        account=_account(folder),
        folder=folder,
        receipt=receipt,
        timeline=line if line.is_file() and timeline.is_timeline(line) else None,
    )


def _account(folder: Path) -> Account:
    """What the unit says; of one that says nothing, what there is."""
    unit = "/".join(folder.name.rsplit("-", 1))
    pieces = tuple(_pieces(folder))
    try:
        said = Account.model_validate_json((folder / NAME).read_text())
    except (OSError, pydantic.ValidationError):
        return Account(unit=unit, summary="It gives no account of itself.", pieces=pieces)
    # The upload says whose it is; a unit speaks for nobody else.
    known = {piece.name: piece for piece in said.pieces}
    described = tuple(known.get(piece.name, piece) for piece in pieces)
    return said.model_copy(update={"unit": unit, "pieces": described})


def _pieces(folder: Path) -> Iterator[Piece]:
    """The files that are there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield Piece(name=str(path.relative_to(folder)), bytes=path.stat().st_size)
