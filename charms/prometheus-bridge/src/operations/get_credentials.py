# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""How people reach Prometheus: address, user, password, CA."""

from __future__ import annotations

import pydantic

from accounts import PEOPLE
from bridge import Bridge
from dataops.operations import Context, NoParams, OperationError, Result, Verb
from observed import Observed


class Credentials(Result):
    """What a browser or a program is given.

    Attributes:
        url: The base of the pages and of the API.
        username, password: For HTTP basic authentication; absent while nobody has to log in.
        ca: By whom the certificate of an https address is signed, PEM text.
    """

    url: str
    username: str | None = None
    password: str | None = pydantic.Field(default=None, repr=False)
    ca: str | None = None


def run(context: Context[Observed, Bridge, NoParams]) -> Credentials:
    """The access as it is now: after a change of passwords, the new one."""
    o = context.observed
    if context.task:
        raise OperationError("A password is for people, and no plan may ask for it: juju run it.")
    if o.awaits_accounts:
        raise OperationError(f"No access yet: juju status {o.topology.application} says why")
    account = o.accounts.of(PEOPLE) if o.own_account else None
    return Credentials(
        url=o.url,
        username=account.user if account else None,
        password=account.password if account else None,
        ca=o.certificate.ca if o.certificate else None,
    )


VERB = Verb(
    name="get-credentials",
    description="Where Prometheus answers, and the user, the password and the CA for it.",
    params=NoParams,
    result=Credentials,
    run=run,
)
