# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every plan that day2 knows: those that it brings along, and the team's own. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from lint import structure
from plan import Plan
from reading import Source, read

OPTION = "plans"


@dataclasses.dataclass(frozen=True)
class Library:
    """The known plans.

    Attributes:
        sources: by name; the built-in ones first.
        reasons: what is wrong with the option `plans`, each with its line.
    """

    sources: Mapping[str, Source]
    reasons: tuple[str, ...] = ()

    @property
    def plans(self) -> dict[str, Plan]:
        """The plans alone."""
        return {name: source.plan for name, source in self.sources.items()}


def known(built_in: Mapping[str, Source], text: str) -> Library:
    """The built-in plans and those of the option; a bad one is left out, with its reasons."""
    if not text.strip():
        return Library(built_in)
    found, problems = read(text, OPTION)
    sources, reasons = dict(built_in), list(problems)
    for source in found:
        if source.plan.name in built_in:
            reasons.append(f"{source.at(('name',))}: {source.plan.name} is a built-in plan")
        else:
            sources[source.plan.name] = source
    everything = {name: source.plan for name, source in sources.items()}
    for source in (s for s in found if sources.get(s.plan.name) is s):
        told = structure(source.plan, everything)
        reasons += [f"{source.at(finding.place)}: {finding.message}" for finding in told]
        if told:
            del sources[source.plan.name]
    return Library(sources, tuple(reasons))
