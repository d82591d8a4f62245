# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`lint-plans`: whether every plan still fits the model: all findings, each with its line."""

from __future__ import annotations

from typing import Any

from archive import Archive
from dataops.operations import Context, NoParams, OperationError, Result, Scope, Verb, result_key
from fit import fit
from library import here
from observed import Observed
from reading import Source


class Linted(Result):
    """What was found: nothing against the team's own plans.

    Attributes:
        plans: what each plan is told: that it fits, or why this model has no use for it.
    """

    plans: dict[str, str]

    def action_results(self) -> dict[str, Any]:
        """A line per plan."""
        return {"plans": {result_key(name): text for name, text in self.plans.items()}}


def run(context: Context[Observed, Archive, NoParams]) -> Linted:
    """Every plan against the model.

    A built-in plan may well be for applications that this model does not have; what the team has
    written itself must fit.

    Raises:
        OperationError: the options cannot be read, or a plan of the team's own does not fit.
    """
    observed = context.observed
    library = here(observed.plans, observed.schedule)
    findings = {name: _findings(source, observed) for name, source in library.sources.items()}
    own = {name for name, source in library.sources.items() if source.origin == "plans"}
    wrong = [*library.reasons, *(text for name in sorted(own) for text in findings[name])]
    wrong += [text for source in library.unusable for text in _findings(source, observed)]
    if wrong:
        raise OperationError("\n".join(wrong))
    return Linted(
        plans={
            name: f"not for this model: {'; '.join(told)}" if told else "fits"
            for name, told in findings.items()
        }
    )


def _findings(source: Source, observed: Observed) -> list[str]:
    """In what one plan does not fit, each with its line."""
    found = fit(source.plan, observed.everybody, observed.application)
    return [f"{source.at(finding.place)}: {finding.message}" for finding in found]


VERB = Verb(
    name="lint-plans",
    description="Whether every plan still fits the model as it is.",
    run=run,
    params=NoParams,
    result=Linted,
    scope=Scope.LEADER,
)
