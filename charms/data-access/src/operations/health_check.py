# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whether the topic can be reached: the granted access, and every broker."""

from __future__ import annotations

from collections.abc import Iterator

from brokers import greet
from dataops.operations import Check, Context, NoParams, OperationError, checking, probe
from observed import Observed


def checks(context: Context[Observed, None, NoParams]) -> Iterator[Check]:
    """Greets the brokers themselves."""
    observed = context.observed
    app = observed.application
    yield probe("access", lambda: _access(observed), f"juju status {app}")
    if observed.access:
        kafka = observed.related
        yield probe("brokers", lambda: _brokers(observed), f"juju run {kafka}/leader health-check")


def _access(observed: Observed) -> str:
    """Kafka granted what was asked for."""
    if observed.access is None:
        raise OperationError("no access is granted")
    return f"{observed.access.username} may use {observed.access.topic}"


def _brokers(observed: Observed) -> str:
    """Every broker answers, and proves who it is."""
    assert observed.access
    tls, ca = observed.access.tls, observed.access.tls_ca
    endpoints = observed.access.endpoints.split(",")
    silent = [reason for each in endpoints if (reason := _silence(each, tls=tls, ca=ca))]
    if silent:
        raise OperationError(f"{len(silent)} of {len(endpoints)} brokers: {'; '.join(silent)}")
    return f"all {len(endpoints)} answer"


def _silence(endpoint: str, *, tls: bool, ca: str) -> str:
    """Why the broker cannot be reached; empty when it can."""
    try:
        greet(endpoint, tls=tls, ca=ca)
    except (OSError, ValueError) as error:
        return f"{endpoint}: {error}"
    return ""


VERB = checking("Looks at the granted access, and greets every broker.", checks)
