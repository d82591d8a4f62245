# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`get-report`: where the report of an operation lies, and the command that fetches it."""

from __future__ import annotations

import hashlib
from typing import Any

from archive import Archive
from controls import find
from dataops.interfaces.operations import Outcome
from dataops.operations import Context, OperationError, Result, Scope, Verb
from observed import Observed
from operation import Operation
from operations.show_operation import Which
from report.account import account

HTML = "operation.html"
JSON = "operation.json"


class Files(Result):
    """The files of one report, and how to get at them."""

    operation: int
    unit: str
    html: str
    json_file: str
    sha256: str
    fetch_html: str
    fetch_json: str

    def action_results(self) -> dict[str, Any]:
        """The paths, and the two commands."""
        shown = super().action_results()
        shown["operation"] = str(self.operation)
        return shown


def run(context: Context[Observed, Archive, Which]) -> Files:
    """The report that the operation made; else an account of it, written now from the journal.

    Raises:
        OperationError: it has not ended yet.
    """
    observed = context.observed
    operation = find(observed, context.params.id)
    if operation.ending is None:
        follow = f"juju run {observed.application}/leader show-operation id={operation.number}"
        raise OperationError(f"{operation.title} has not ended. Follow it: {follow}")
    for answer in operation.answers.values():
        if answer.results.get("html"):
            return _made(operation, answer)
    return _written(observed, context.workload.at(operation.number), operation)


def _made(operation: Operation, answer: Outcome) -> Files:
    """The files that a verb of day2 has written."""
    results = answer.results
    return _files(
        operation.number,
        unit=results["unit"],
        html=results["html"],
        json_file=results["json-file"],
        sha256=results["sha256"],
    )


def _written(observed: Observed, archive: Archive, operation: Operation) -> Files:
    """An account of the operation from the journal; the same on every unit."""
    html, json = account(operation, observed.model)
    return _files(
        operation.number,
        unit=observed.unit,
        html=str(archive.write(HTML, html)),
        json_file=str(archive.write(JSON, json)),
        sha256=hashlib.sha256(json).hexdigest(),
    )


def _files(operation: int, *, unit: str, html: str, json_file: str, sha256: str) -> Files:
    """The files with the commands that fetch them."""
    return Files(
        operation=operation,
        unit=unit,
        html=html,
        json_file=json_file,
        sha256=sha256,
        fetch_html=f"juju scp {unit}:{html} .",
        fetch_json=f"juju scp {unit}:{json_file} .",
    )


VERB = Verb(
    name="get-report",
    description="Where the report of an operation lies, and the command that fetches it.",
    run=run,
    params=Which,
    result=Files,
    scope=Scope.UNIT,
)
