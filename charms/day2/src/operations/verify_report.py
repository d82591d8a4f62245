# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`verify-report`: whether a report is as it was signed, and the journal tells the same."""

from __future__ import annotations

from pathlib import Path

from archive import Archive
from controls import find
from dataops.operations import Context, OperationError, Result, Scope, Verb
from observed import Observed
from operations.get_report import elsewhere, remembering, written_report
from operations.show_operation import Which
from report.canonical import sha256
from report.chain import Reported
from report.check import problems


class Verified(Result):
    """A report that can be believed.

    Attributes:
        operation: whose report it is.
        verdict: in a sentence.
        sha256: of its JSON.
        fingerprint: of the key that signed it.
        previous: SHA-256 of the report before; empty when it is the first.
        records: how many records of the journal were compared.
    """

    operation: int
    verdict: str
    sha256: str
    fingerprint: str
    previous: str
    records: int


def run(context: Context[Observed, Archive, Which]) -> Verified:
    """What was found in order.

    Raises:
        OperationError: the report lies on another unit, or something is not in order: all of it.
    """
    observed = remembering(context.observed, context.workload)
    operation = find(observed, context.params.id)
    written = written_report(observed, operation)
    if written.unit != observed.unit:
        raise OperationError(
            f"The report of {operation.title} is not here. {elsewhere(observed, written)} "
            f"Check it there: juju run {written.unit} verify-report id={operation.number}"
        )
    content, signature, html = _files(written)
    found = list(problems(content, signature, written, observed.report_keys, observed.journal))
    if sha256(html) != written.html_sha256:
        found.append("The page was changed after it was written; report.json counts.")
    if found:
        raise OperationError(
            f"The report of {operation.title} cannot be believed: {' '.join(found)} "
            f"Keep {Path(written.json_file).parent} on {written.unit} as evidence."
        )
    return Verified(
        operation=operation.number,
        verdict="The signature holds, the chain holds, and the journal tells the same.",
        sha256=written.sha256,
        fingerprint=written.fingerprint,
        previous=written.previous,
        records=len(observed.journal),
    )


def _files(written: Reported) -> tuple[bytes, bytes, bytes]:
    """The document, its signature and the page.

    Raises:
        OperationError: one of them cannot be read.
    """
    try:
        return (
            Path(written.json_file).read_bytes(),
            Path(written.signature_file).read_bytes(),
            Path(written.html).read_bytes(),
        )
    except OSError as error:
        raise OperationError(
            f"Cannot read {error.filename} on {written.unit}: {error.strerror}. The journal keeps "
            f"the SHA-256 of the report, {written.sha256}, for a copy of yours."
        ) from None


VERB = Verb(
    name="verify-report",
    description="Whether a report is as it was signed, and whether the journal tells the same.",
    run=run,
    params=Which,
    result=Verified,
    scope=Scope.UNIT,
)
