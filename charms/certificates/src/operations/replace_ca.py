# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts a new root in the place of the old one, in three phases in which both are trusted."""

from __future__ import annotations

import dataclasses
import enum

import authority
from dataops.certificates import parse
from dataops.operations import (
    Context,
    OperationError,
    Params,
    Pending,
    Result,
    Scope,
    Verb,
    result_key,
)
from observed import Observed
from registry import Registry
from roots import Phase, Roots


class Move(str, enum.Enum):
    """What is to be done next."""

    INTRODUCE = "introduce"
    SWITCH = "switch"
    FINISH = "finish"
    WITHDRAW = "withdraw"


class ReplaceCa(Params):
    """Which phase comes.

    Attributes:
        phase: introduce: make a new root, and tell everybody to trust it beside the old one.
            switch: sign with it from now on. finish: tell everybody to forget the old one.
            withdraw: forget the new one, before it signs.
        force: finish even though certificates of the old root are in use.
    """

    phase: Move
    force: bool = False


class Replaced(Result):
    """How far it is.

    Attributes:
        phase: settled, introduced or switched.
        authority: the root that stays, as `list-certificates` spells it.
        fingerprint_sha256: of it.
        old: certificates that the old root has signed and that are in use.
    """

    summary: str
    phase: Phase
    authority: str
    fingerprint_sha256: str
    old: tuple[str, ...] = ()


def run(context: Context[Observed, Registry, ReplaceCa]) -> Replaced:
    """One move; doing it twice changes nothing the second time."""
    observed, move = context.observed, context.params.phase
    roots, app = observed.roots, observed.application
    if roots is None or observed.config is None:
        raise OperationError(f"There is no root to replace yet: see juju status {app}")
    wanted = _MOVES[move](context, roots)
    if wanted != roots:
        context.workload.keep(wanted)
        raise Pending("every certificate is handed out again, with those to trust now")
    behind = [one for one in observed.issued if one.bundle != roots.bundle(one.certificate)]
    if behind:
        raise Pending(f"{len(behind)} certificates are not handed out again yet")
    return _result(observed, roots)


def _introduce(context: Context[Observed, Registry, ReplaceCa], roots: Roots) -> Roots:
    if roots.phase is not Phase.SETTLED:
        # Also when the new one signs already: who begins again goes on where it ended.
        return roots
    config = context.observed.config
    assert config
    coming = authority.successor(roots.current, config.root_ca_validity)
    reverse = authority.vouch(coming, roots.current)
    return dataclasses.replace(roots, next=coming, reverse=reverse)


def _switch(context: Context[Observed, Registry, ReplaceCa], roots: Roots) -> Roots:
    if roots.next is None:
        if roots.phase is Phase.SWITCHED:
            return roots
        raise OperationError(_first(context, Move.INTRODUCE))
    # The old key is not kept: from now on nobody can sign with it.
    cross = authority.vouch(roots.current, roots.next)
    old = roots.current.certificate
    return Roots(roots.next, old=old, cross=cross, reverse=roots.reverse)


def _finish(context: Context[Observed, Registry, ReplaceCa], roots: Roots) -> Roots:
    if roots.phase is Phase.SETTLED:
        return roots
    if roots.phase is Phase.INTRODUCED:
        raise OperationError(_first(context, Move.SWITCH))
    left = _by_old(context.observed, roots)
    if left and not context.params.force:
        raise OperationError(
            f"The old root has signed {len(left)} certificates that are in use: {', '.join(left)}."
            " Renew them first: juju run day2/leader renew-certificates"
        )
    return Roots(roots.current)


def _withdraw(context: Context[Observed, Registry, ReplaceCa], roots: Roots) -> Roots:
    if roots.phase is Phase.SWITCHED:
        raise OperationError(
            "The new root signs already, and the key of the old one is gone: finish instead"
        )
    return Roots(roots.current)


_MOVES = {
    Move.INTRODUCE: _introduce,
    Move.SWITCH: _switch,
    Move.FINISH: _finish,
    Move.WITHDRAW: _withdraw,
}


def _first(context: Context[Observed, Registry, ReplaceCa], move: Move) -> str:
    app = context.observed.application
    return f"First: juju run {app}/leader replace-ca phase={move.value}"


def _by_old(observed: Observed, roots: Roots) -> tuple[str, ...]:
    """Whose certificates the old root has signed."""
    signed = (one for one in observed.issued if roots.by_old(parse(one.certificate)[0]))
    return tuple(result_key(one.common_name) for one in signed)


def _result(observed: Observed, roots: Roots) -> Replaced:
    (root,) = parse(roots.newest.certificate)
    left = _by_old(observed, roots)
    said = {
        Phase.SETTLED: f"{root.subject} is the only root",
        Phase.INTRODUCED: f"{root.subject} is to be trusted beside the root that signs",
        Phase.SWITCHED: f"{root.subject} signs; {len(left)} certificates of the old root are out",
    }
    return Replaced(
        summary=said[roots.phase],
        phase=roots.phase,
        authority=root.subject,
        fingerprint_sha256=roots.newest.fingerprint,
        old=left,
    )


VERB = Verb(
    name="replace-ca",
    description="Puts a new root in the place of the old one, while both are trusted.",
    run=run,
    params=ReplaceCa,
    result=Replaced,
    scope=Scope.LEADER,
    mutating=True,
)
