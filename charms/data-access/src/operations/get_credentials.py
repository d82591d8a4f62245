# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How to reach the topic, for people and programs outside the model.

The keys of the answer are those of the published data-integrator.
"""

from __future__ import annotations

import pydantic

from dataops.operations import Context, NoParams, OperationError, Result, Verb
from observed import Observed


class Kafka(Result):
    """What a client puts into its configuration: SASL_SSL with TLS, else SASL_PLAINTEXT.

    Attributes:
        endpoints: ``host:port``, separated by commas.
        username, password: for SCRAM-SHA-512.
        tls: "enabled" or "disabled".
        tls_ca: by whom the brokers' certificates are signed, PEM text.
        consumer_group_prefix: how the names of consumer groups have to begin.
    """

    topic: str
    endpoints: str
    username: str
    password: str = pydantic.Field(repr=False)
    tls: str
    tls_ca: str | None = None
    consumer_group_prefix: str | None = None


class Credentials(Result):
    """What Kafka granted."""

    kafka: Kafka
    ok: str = "True"


def run(context: Context[Observed, None, NoParams]) -> Credentials:
    """The access as it is now: after a rotation, the new password."""
    if context.task:
        # A plan's results stand in databags and reports.
        raise OperationError("A password is for people, and no plan may ask for it: juju run it.")
    access = context.observed.access
    if access is None:
        app = context.observed.application
        raise OperationError(f"No access yet: juju status {app} says what is missing")
    kafka = Kafka(
        topic=access.topic,
        endpoints=access.endpoints,
        username=access.username,
        password=access.password,
        tls="enabled" if access.tls else "disabled",
        tls_ca=access.tls_ca or None,
        consumer_group_prefix=access.consumer_group_prefix or None,
    )
    return Credentials(kafka=kafka)


VERB = Verb(
    name="get-credentials",
    description="How to reach the topic - endpoints, user, password, CA.",
    params=NoParams,
    result=Credentials,
    run=run,
)
