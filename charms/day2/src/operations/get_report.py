# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`get-report`: where the report of an operation lies, and the commands that fetch it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from archive import Archive
from controls import find
from dataops.operations import Context, OperationError, Result, Scope, Verb
from observed import Observed
from operation import Operation
from operations.show_operation import Which
from report.chain import Reported, joined, reported
from signing import PublicKey


class Files(Result):
    """The files of one report, and how to get at them.

    Attributes:
        operation: its number.
        unit: on whose storage they lie: the unit that led when the operation ended.
        here: whether that is the unit that answers, and they are there.
        html, json_file, signature_file: their paths.
        sha256: of the JSON.
        fingerprint: SHA-256 of the public key in DER form.
        public_key: in PEM form; it lies beside the files, too.
        fetch: a command for each file.
        verify: the command that checks it.
        note: where the files are, when they are not here.
    """

    operation: int
    unit: str
    here: bool
    html: str
    json_file: str
    signature_file: str
    sha256: str
    fingerprint: str
    public_key: str = ""
    fetch: tuple[str, ...] = ()
    verify: str = ""
    note: str = ""

    def action_results(self) -> dict[str, Any]:
        """The commands a line each, to be pasted."""
        shown = super().action_results()
        shown["fetch"] = "\n".join(self.fetch)
        return {name: value for name, value in shown.items() if value}


def run(context: Context[Observed, Archive, Which]) -> Files:
    """Where the report is.

    Raises:
        OperationError: the operation has not ended, or its report is still to be written.
    """
    observed = remembering(context.observed, context.workload)
    operation = find(observed, context.params.id)
    written = written_report(observed, operation)
    here = written.unit == observed.unit
    if here and not Path(written.json_file).exists():
        raise OperationError(
            f"The report of {operation.title} is no longer at {written.json_file} on "
            f"{written.unit}. The journal keeps its SHA-256 for a copy of yours: {written.sha256}"
        )
    return Files(
        operation=operation.number,
        unit=written.unit,
        here=here,
        html=written.html,
        json_file=written.json_file,
        signature_file=written.signature_file,
        sha256=written.sha256,
        fingerprint=written.fingerprint,
        public_key=_key(observed, written.fingerprint),
        fetch=tuple(_fetch(written)),
        verify=f"juju run {written.unit} verify-report id={operation.number}",
        note="" if here else elsewhere(observed, written),
    )


def elsewhere(observed: Observed, written: Reported) -> str:
    """Where a report is that lies on another unit."""
    units = observed.own.units if observed.own else ()
    if units and written.unit not in units:
        return (
            f"{written.unit} has left, and its storage with it unless that was detached (see juju "
            f"storage). The journal keeps the SHA-256 for a copy of yours: {written.sha256}"
        )
    return (
        f"The files are on {written.unit}; get-report has the commands that fetch them from there."
    )


def remembering(observed: Observed, archive: Archive) -> Observed:
    """The facts with every record that this unit keeps, those of long ago too."""
    return dataclasses.replace(observed, journal=joined(archive.read(), observed.journal))


def written_report(observed: Observed, operation: Operation) -> Reported:
    """What the journal says of the operation's report.

    Raises:
        OperationError: there is none yet; the message says what to wait for.
    """
    app = observed.application
    if operation.ending is None:
        follow = f"juju run {app}/leader show-operation id={operation.number}"
        raise OperationError(f"{operation.title} has not ended. Follow it: {follow}")
    found = reported(observed.journal, operation.number)
    if found is None:
        raise OperationError(
            f"The report of {operation.title} is still to be written. It follows the end of the "
            f"operation; if it does not come, see juju debug-log --include {app}"
        )
    return found


def _key(observed: Observed, fingerprint: str) -> str:
    """The published key of that fingerprint."""
    keys = {key.fingerprint: key for key in observed.report_keys}
    return keys.get(fingerprint, PublicKey("")).pem


def _fetch(written: Reported) -> list[str]:
    """A command for each file."""
    names = (written.html, written.json_file, written.signature_file)
    key = str(Path(written.json_file).with_name("day2.pub"))
    return [f"juju scp {written.unit}:{name} ." for name in (*names, key)]


VERB = Verb(
    name="get-report",
    description="Where the report of an operation lies, and the commands that fetch it.",
    run=run,
    params=Which,
    result=Files,
    scope=Scope.UNIT,
)
