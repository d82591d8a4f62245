# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Many voices, one event: what all say of a unit that does not answer, under one title. Pure.

Only words that say exactly that are put together, and they stay readable below the title: what
else is wrong with the unit, a full disk for example, is no part of it.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence

from postmortem.silence import Names, is_silence
from postmortem.troubles import Trouble, merged


def grouped(found: Sequence[Trouble], addresses: Mapping[str, str]) -> list[Trouble]:
    """The troubles, those about the same silent unit as one, and these first.

    Args:
        found: each told by one unit.
        addresses: of the units, each with its unit's name.
    """
    about = _about(found, addresses)
    voices: dict[str, list[Trouble]] = {}
    for trouble, unit in zip(found, about, strict=True):
        voices.setdefault(unit, []).append(trouble)
    many = {unit: said for unit, said in voices.items() if unit and len(said) > 1}
    others = (each for each, unit in zip(found, about, strict=True) if unit not in many)
    return [*(_event(unit, said) for unit, said in many.items()), *others]


def _about(found: Sequence[Trouble], addresses: Mapping[str, str]) -> list[str]:
    """Of whom each trouble says that it does not answer; empty where it says something else."""
    known = Names(addresses)
    names = [known.of(f"{each.title} {each.detail}") if _says(each) else () for each in found]
    silent = {units[0] for units in names if units}
    return [
        units[0] if units else _of_itself(each, silent)
        for each, units in zip(found, names, strict=True)
    ]


def _of_itself(trouble: Trouble, silent: set[str]) -> str:
    """Its own unit, where that is known to be silent and the trouble fits."""
    (unit,) = trouble.units
    return unit if unit in silent and (_says(trouble) or trouble.ended) else ""


def _says(trouble: Trouble) -> bool:
    return is_silence(f"{trouble.title} {trouble.detail}")


def _event(unit: str, voices: list[Trouble]) -> Trouble:
    """One trouble that stands for all of them; how it ended, if it did, is told first."""
    parts = merged(sorted(voices, key=lambda each: (not each.ended, each.units != (unit,))))
    first = parts[0]
    moves = (each.next_move for each in parts if each.next_move)
    return dataclasses.replace(
        first,
        title=f"{unit} does not answer",
        units=tuple(dict.fromkeys(name for each in parts for name in each.units)),
        detail=f"{first.title}: {first.detail}" if first.detail else first.title,
        next_move=next(moves, ""),
        at=_earliest(parts),
        parts=parts,
    )


def _earliest(parts: Iterable[Trouble]) -> datetime.datetime | None:
    return min((each.at for each in parts if each.at), default=None)
