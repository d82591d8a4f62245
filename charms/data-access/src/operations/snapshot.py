# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`snapshot`: what was granted, and whether the brokers answer, for a post-mortem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import brokers
from dataops.operations import Context
from dataops.snapshot import job
from dataops.snapshot.job import Spec, Where
from observed import Observed

if TYPE_CHECKING:
    from dataops.snapshot.collect import Collection


class AccessSpec(Spec):
    """What the job is told.

    Attributes:
        topic: what is asked for; empty when nothing is.
        related: the name of the related Kafka; empty when there is none.
        endpoints: `host:port`, separated by commas; empty while nothing is granted.
        tls: whether they speak TLS.
        ca: by whom their certificates are signed.
    """

    topic: str
    related: str
    endpoints: str
    tls: bool
    ca: str


def prepare(context: Context[Observed, None, Where]) -> AccessSpec:
    """What the job needs to know, with every secret that this unit knows."""
    o = context.observed
    hidden = {f"password of {o.access.username}": o.access.password} if o.access else {}
    return AccessSpec(
        **job.told(context, hidden),
        topic=o.config.topic if o.config else "",
        related=o.related,
        endpoints=o.access.endpoints if o.access else "",
        tls=o.access.tls if o.access else False,
        ca=o.access.tls_ca if o.access else "",
    )


def gather(collection: Collection, spec: AccessSpec) -> str:
    """What only a customer sees; a line about it."""
    if not spec.endpoints:
        why = f"{spec.related} has not granted it" if spec.related else "no Kafka is related"
        collection.find("warning", f"no access to topic {spec.topic or '(none asked for)'}", why)
        return f"No access: {why}"
    asked = spec.endpoints.split(",")
    answers = {each: _greet(each, spec) for each in asked}
    collection.value("brokers.json", lambda: answers)
    silent = [each for each, answer in answers.items() if not answer.startswith(each)]
    if silent:
        detail = "; ".join(f"{each}: {answers[each]}" for each in silent)
        title = f"{len(silent)} of {len(asked)} brokers do not answer a customer"
        collection.find("critical", title, detail, "brokers.json")
    return f"Access to {spec.topic}: {len(asked) - len(silent)} of {len(asked)} brokers answer"


def _greet(endpoint: str, spec: AccessSpec) -> str:
    """What the broker shows, or why it shows nothing."""
    try:
        return brokers.greet(endpoint, tls=spec.tls, ca=spec.ca)
    except OSError as error:
        return f"{type(error).__name__}: {error}"


VERB = job.collecting(prepare, gather, AccessSpec)
