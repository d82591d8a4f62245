# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Bases such as `ubuntu@24.04/stable`, and which one an application gets."""

import re
from collections.abc import Sequence

from onebox.errors import Refused
from onebox.model import Base

# What Juju 4.0 has machines of; the last one but for what a charm prefers is its own choice.
_KNOWN = ("ubuntu@20.04/stable", "ubuntu@22.04/stable", "ubuntu@24.04/stable")
_PREFERRED = "ubuntu@24.04/stable"


def parse_base(text: str) -> Base:
    """The base that `ubuntu@24.04` or `ubuntu@24.04/stable` names; Refused otherwise."""
    found = re.fullmatch(r"([a-z]+)@(\d+(?:\.\d+)*)(?:/([a-z]+))?", text)
    if not found:
        raise Refused(
            f"expected base string to contain os and channel separated by '@', got \"{text}\""
        )
    return Base(name=found[1], channel=f"{found[2]}/{found[3] or 'stable'}")


def choose_base(bases: Sequence[Base], asked: str, *, force: bool = False) -> str:
    """The base to deploy on, such as `ubuntu@24.04/stable`.

    Args:
        bases: those of the charm, best first.
        asked: the base a person, a bundle or the model's `default-base` asks for, if any.
        force: take it although the charm does not know it.

    Raises:
        Refused: neither the charm nor Juju knows the base that was asked for.
    """
    supported = [f"{base.name}@{base.channel}" for base in bases]
    if not asked:
        return _PREFERRED if _PREFERRED in supported else supported[0]
    base = parse_base(asked)
    wanted = f"{base.name}@{base.channel}"
    if wanted in supported or (force and wanted in _KNOWN):
        return wanted
    if wanted not in _KNOWN:
        raise Refused(f"base: {wanted} not supported")
    listed = ", ".join(text.removesuffix("/stable") for text in supported)
    raise Refused(f'base "{wanted}" is not supported, supported bases are: {listed}')
