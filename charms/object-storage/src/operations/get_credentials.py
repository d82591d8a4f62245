# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How to reach the store, for people and programs outside the model."""

from __future__ import annotations

import pydantic

from dataops.operations import Context, NoParams, OperationError, Result, Verb
from observed import Observed
from vault import Vault


class S3Access(Result):
    """What an S3 client puts into its configuration.

    Attributes:
        endpoint: URL; the bucket goes into its path.
        bucket: the default one.
        region: any will do, as long as both sides sign the same.
        access_key, secret_key: the operator's own, good for every bucket.
        tls_ca: by whom the store's certificate is signed, PEM text.
    """

    endpoint: str
    bucket: str
    region: str
    access_key: str
    secret_key: str = pydantic.Field(repr=False)
    tls_ca: str | None = None


class Credentials(Result):
    """The way in."""

    s3: S3Access
    ok: str = "True"


def run(context: Context[Observed, Vault, NoParams]) -> Credentials:
    """The operator's keys as they are now: after a rotation, the new ones."""
    target = context.observed.admin
    if target is None:
        app = context.observed.application
        raise OperationError(f"There are no keys yet: juju status {app} says what is missing")
    access = S3Access(
        endpoint=target.endpoint,
        bucket=target.bucket,
        region=target.region,
        access_key=target.access_key.get_secret_value(),
        secret_key=target.secret_key.get_secret_value(),
        tls_ca="\n".join(target.ca_chain) or None,
    )
    return Credentials(s3=access)


VERB = Verb(
    name="get-credentials",
    description="How to reach the store - endpoint, bucket, keys, CA.",
    params=NoParams,
    result=Credentials,
    run=run,
)
