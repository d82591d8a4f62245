# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The root certificate, for clients outside the model."""

from __future__ import annotations

from dataops.operations import Context, NoParams, OperationError, Result, Verb
from observed import Observed
from registry import Registry


class RootCertificate(Result):
    """The certificate by which everything signed here is trusted."""

    ca_certificate: str
    fingerprint_sha256: str
    expires: str


def run(context: Context[Observed, Registry, NoParams]) -> RootCertificate:
    """The root as it is now."""
    root = context.observed.root
    if root is None:
        app = context.observed.application
        raise OperationError(f"There is no root yet: wait until juju status shows {app} active")
    return RootCertificate(
        ca_certificate=root.certificate,
        fingerprint_sha256=root.fingerprint,
        expires=f"{root.expires:%Y-%m-%dT%H:%M:%SZ}",
    )


VERB = Verb(
    name="get-ca-certificate",
    description="The root certificate, for clients outside the model.",
    params=NoParams,
    result=RootCertificate,
    run=run,
)
