# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether the authority does its work: the root, its key, and every request for a certificate."""

from __future__ import annotations

from collections.abc import Iterator

from dataops.operations import Check, Context, NoParams, OperationError, checking, probe
from observed import Observed
from registry import Registry


def checks(context: Context[Observed, Registry, NoParams]) -> Iterator[Check]:
    """Looks at the root itself, and at what is asked and answered."""
    observed = context.observed
    app = observed.application
    yield probe("root", lambda: _root(observed), f"juju status {app}; juju debug-log")
    if observed.leader:
        yield probe("requests", lambda: _requests(observed), f"juju debug-log --include {app}")
        yield probe("refusals", lambda: _refusals(observed), "correct it in the application")


def _root(observed: Observed) -> str:
    """It is there, its key is its own, and it is valid."""
    root = observed.root
    if root is None:
        raise OperationError("there is no root yet")
    if not root.consistent:
        raise OperationError("the private key is not the root certificate's")
    left = (root.expires - observed.now).days
    if left < 0:
        raise OperationError(f"the root expired on {root.expires:%Y-%m-%d}")
    return f"{root.common_name}, valid for {left} days"


def _requests(observed: Observed) -> str:
    """Everybody has an answer."""
    if observed.requests:
        raise OperationError(f"{len(observed.requests)} requests are not answered")
    return f"{len(observed.issued)} certificates issued, no request waits"


def _refusals(observed: Observed) -> str:
    """Nobody asks for nonsense."""
    if told := [*observed.refused, *(f"{name}: unreadable" for name in observed.unreadable)]:
        raise OperationError("; ".join(told))
    return "no request is refused"


VERB = checking("Looks at the root, its key, and every request for a certificate.", checks)
