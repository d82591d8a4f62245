# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the journal keeps of each report, and the report that another builds on. Pure."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pydantic

from journal import Kind, Record
from report.document import Link


class Reported(pydantic.BaseModel):
    """The body of a record of the kind `reported`.

    Attributes:
        unit: on whose storage the files lie.
        html, json_file, signature_file: their paths there.
        sha256, html_sha256: of the JSON and of the page.
        signature: of the JSON, in base64.
        fingerprint: of the public key.
        previous: SHA-256 of the report before; empty in the first.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    unit: str
    html: str
    json_file: str = pydantic.Field(alias="json")
    signature_file: str = pydantic.Field(alias="signature-file")
    sha256: str
    html_sha256: str = pydantic.Field(alias="html-sha256")
    signature: str
    fingerprint: str
    previous: str = ""

    @property
    def signature_bytes(self) -> bytes:
        """The 64 bytes; empty when the text is no base64."""
        try:
            return base64.b64decode(self.signature, validate=True)
        except ValueError:
            return b""


def reported(journal: Sequence[Record], operation: int) -> Reported | None:
    """What the journal says of an operation's newest report; None when it has none."""
    found = [r for r in _reports(journal) if r.operation == operation]
    return Reported.model_validate(found[-1].body) if found else None


def reports_of(journal: Sequence[Record], operation: int) -> int:
    """How many reports an operation has: one for each time it ended."""
    return sum(record.operation == operation for record in _reports(journal))


def previous(journal: Sequence[Record], before: Record | None = None) -> Link | None:
    """The newest report of the journal, or the newest before a record; None for the first."""
    earlier = [r for r in _reports(journal) if before is None or r.number < before.number]
    if not earlier:
        return None
    return Link(operation=earlier[-1].operation, sha256=earlier[-1].body["sha256"])


def record_of(journal: Sequence[Record], operation: int) -> Record | None:
    """The record of an operation's newest report."""
    return next((r for r in reversed(_reports(journal)) if r.operation == operation), None)


def joined(copy: Sequence[Record], newest: Sequence[Record]) -> tuple[Record, ...]:
    """A unit's whole copy up to where the peers' records begin, and those.

    Where both have a record, that of the peers counts: a copy that was changed then shows as a
    break in the chain.
    """
    first = newest[0].number if newest else float("inf")
    return (*(record for record in copy if record.number < first), *newest)


def _reports(journal: Sequence[Record]) -> list[Record]:
    """The records of reports, oldest first."""
    return [r for r in journal if r.kind == Kind.REPORTED and "sha256" in r.body]
