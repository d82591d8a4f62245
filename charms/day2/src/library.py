# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every plan that day2 knows, its own and the team's, and when which is run."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

import schedule
import schemas
from lint import close, structure
from plan import Plan
from reading import Source, load, read, remains
from schedule import Schedule

OPTION = "plans"
FOLDER = Path(__file__).parent / "plans"


@dataclasses.dataclass(frozen=True)
class Library:
    """The known plans.

    Attributes:
        sources: by name; the built-in ones first.
        schedule: when which of them is run.
        reasons: what is wrong with the options, each with its line.
        unusable: the plans of the option with which something is wrong, as far as they can be
            read.
    """

    sources: Mapping[str, Source]
    schedule: Schedule = dataclasses.field(default_factory=Schedule)
    reasons: tuple[str, ...] = ()
    unusable: tuple[Source, ...] = ()

    @property
    def plans(self) -> dict[str, Plan]:
        """The plans alone."""
        return {name: source.plan for name, source in self.sources.items()}


def known(built_in: Mapping[str, Source], plans: str, times: str = "") -> Library:
    """The built-in plans, those of the option `plans`, and the option `schedule`.

    What is wrong is left out, with its reasons; it disturbs nothing else.
    """
    sources, reasons, unusable = _joined(built_in, plans) if plans.strip() else (built_in, (), ())
    if not times.strip():
        return Library(sources, reasons=reasons, unusable=unusable)
    written = schedule.read(times)
    wrong = dict(_unfit(written, sources))
    good = [i for i in range(len(written.entries)) if i not in wrong]
    fitting = Schedule(
        tuple(written.entries[i] for i in good), tuple(written.lines[i] for i in good)
    )
    reasons = (*reasons, *written.reasons, *wrong.values())
    return Library(sources, fitting, reasons, unusable)


@functools.lru_cache(maxsize=1)
def here(plans: str, times: str) -> Library:
    """The plans of this charm, and those of the options."""
    return known(load(FOLDER), plans, times)


def _unfit(written: Schedule, sources: Mapping[str, Source]) -> Iterator[tuple[int, str]]:
    """The entries that cannot be run, with their reasons."""
    for index, (entry, line) in enumerate(zip(written.entries, written.lines, strict=True)):
        source = sources.get(entry.plan)
        if source is None:
            message = f"there is no plan {entry.plan}{close(entry.plan, sources)}"
            yield index, f"{schedule.OPTION} line {line}: plan: {message}"
            continue
        given = {**source.plan.defaults(), **entry.params}
        problems = list(schemas.objections(given, schemas.of_params(source.plan.params)))
        if problems:
            yield index, f"{schedule.OPTION} line {line}: params: {'; '.join(problems)}"


def _joined(
    built_in: Mapping[str, Source], text: str
) -> tuple[Mapping[str, Source], tuple[str, ...], tuple[Source, ...]]:
    """The built-in plans and those of the option; bad ones apart, with all their reasons."""
    found, problems = read(text, OPTION)
    sources, reasons = dict(built_in), list(problems)
    unusable = list(remains(text, OPTION)) if problems else []
    for source in found:
        if source.plan.name in built_in:
            reasons.append(f"{source.at(('name',))}: {source.plan.name} is a built-in plan")
        else:
            sources[source.plan.name] = source
    everything = {name: source.plan for name, source in sources.items()}
    mine = [source for source in found if sources.get(source.plan.name) is source]
    for source in (*mine, *unusable):
        told = structure(source.plan, everything)
        reasons += [f"{source.at(finding.place)}: {finding.message}" for finding in told]
        if told and source in mine:
            unusable.append(sources.pop(source.plan.name))
    return sources, tuple(reasons), tuple(unusable)
