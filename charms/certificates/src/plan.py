# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to steps. Pure: nothing here signs anything or asks Juju."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator

from objections import Objection, objection
from observed import Config, Issued, Observed, Request
from roots import Bundle


@dataclasses.dataclass(frozen=True)
class Establish:
    """Make the root."""

    common_name: str
    days: int


@dataclasses.dataclass(frozen=True)
class Prolong:
    """Make the root valid for this many days from now."""

    days: int


@dataclasses.dataclass(frozen=True)
class Sign:
    """Answer a request with a certificate."""

    request: Request
    days: int


@dataclasses.dataclass(frozen=True)
class Refuse:
    """Answer a request with the objection to it."""

    request: Request
    objection: Objection


@dataclasses.dataclass(frozen=True)
class HandOut:
    """Hand a certificate out again, with what everybody is to trust now."""

    issued: Issued
    bundle: Bundle


Step = Establish | Prolong | Sign | Refuse | HandOut


def plan(observed: Observed) -> tuple[Step, ...]:
    """What the leader has to do, in order; nothing on other units or with unusable options."""
    if observed.config is None or not observed.leader or observed.leaving.unit:
        return ()
    root = _root(observed, observed.config)
    answers = (_answer(request, observed.config) for request in observed.requests)
    return (*root, *answers, *_hand_out(observed))


def _root(observed: Observed, config: Config) -> Iterator[Step]:
    if observed.root is None:
        yield Establish(config.ca_common_name, config.root_ca_validity)
    elif observed.root.expires - observed.now < datetime.timedelta(config.certificate_validity):
        yield Prolong(config.root_ca_validity)


def _hand_out(observed: Observed) -> Iterator[Step]:
    """What was handed out with other roots than those of now."""
    if observed.roots is None:
        return
    for each in observed.issued:
        bundle = observed.roots.bundle(each.certificate)
        if each.bundle != bundle:
            yield HandOut(each, bundle)


def _answer(request: Request, config: Config) -> Step:
    if against := objection(request.csr):
        return Refuse(request, against)
    return Sign(request, config.certificate_validity)
