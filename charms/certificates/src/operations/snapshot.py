# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`snapshot`: the authority's root and what it has signed, for a post-mortem."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from dataops.operations import Context
from dataops.snapshot import job
from dataops.snapshot.job import Spec, Where
from observed import Observed
from registry import Registry

if TYPE_CHECKING:
    from dataops.snapshot.collect import Collection


class AuthoritySpec(Spec):
    """What the job is told.

    Attributes:
        certificate: the root's, PEM text; empty before there is one.
        expires: the end of its validity, UTC.
        leader: whether this unit answers, and so knows the rest.
        issued: how many certificates are out.
        unanswered: how many requests wait.
        refused, unreadable: the reason of each.
    """

    certificate: str
    expires: datetime.datetime | None
    leader: bool
    issued: int
    unanswered: int
    refused: tuple[str, ...]
    unreadable: tuple[str, ...]


def prepare(context: Context[Observed, Registry, Where]) -> AuthoritySpec:
    """What the job needs to know, with every secret that this unit knows."""
    o = context.observed
    hidden = {"key of the root certificate": o.root.private_key} if o.root else {}
    if o.roots and o.roots.next:
        hidden["key of the next root certificate"] = o.roots.next.private_key
    return AuthoritySpec(
        **job.told(context, hidden),
        certificate=o.root.certificate if o.root else "",
        expires=o.root.expires if o.root else None,
        leader=o.leader,
        issued=len(o.issued),
        unanswered=len(o.requests),
        refused=o.refused,
        unreadable=o.unreadable,
    )


def gather(collection: Collection, spec: AuthoritySpec) -> str:
    """What only the authority has; a line about it."""
    fields = {"expires", "leader", "issued", "unanswered", "refused", "unreadable"}
    collection.value("authority/state.json", lambda: spec.model_dump(mode="json", include=fields))
    if not spec.certificate:
        collection.find("warning", "there is no root certificate yet")
        return "Authority without a root certificate"
    collection.text("authority/root.pem", lambda: spec.certificate)
    for reason in spec.refused:
        collection.find("warning", "a request for a certificate was refused", reason)
    for who in spec.unreadable:
        collection.find("warning", "a request for a certificate cannot be read", who)
    if spec.unanswered:
        title = f"{spec.unanswered} requests for certificates wait for an answer"
        collection.find("warning", title, "", "authority/state.json")
    until = f"{spec.expires:%Y-%m-%d}" if spec.expires else "unknown"
    return f"Authority: root valid until {until}, {spec.issued} certificates signed"


VERB = job.collecting(prepare, gather, AuthoritySpec)
