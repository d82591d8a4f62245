# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`verify-journal`: whether a byte of the journal was changed, in the peers' or a unit's copy.

Each unit of day2 holds its own copy against the peers': since the chain binds every record to all
before it, copies that agree with the peers' in what is newest agree with each other in everything.
"""

from __future__ import annotations

from pathlib import Path

from archive import Archive
from dataops.operations import Check, Context, HealthCheck, NoParams, OperationError, Verb, probe
from journal import Journal, flaws, from_text, to_text
from observed import Observed
from report.units import count

_MOST = 5


def run(context: Context[Observed, Archive, NoParams]) -> HealthCheck:
    """The checks of this unit's copy, and of the peers'."""
    observed, archive = context.observed, context.workload
    evidence = (
        f"Keep {archive.journal} of {observed.unit} as evidence, and compare it with the copies "
        "of the other units."
    )
    return HealthCheck(
        checks=(
            probe("peers-copy", lambda: _peers(observed), evidence),
            probe("copy-on-storage", lambda: _copy(archive.journal, observed.journal), evidence),
        )
    )


def check(observed: Observed, archive: Archive) -> Check:
    """Both copies in one check, for `health-check`."""
    move = f"juju run {observed.application}/leader verify-journal says more"
    return probe(
        "journal", lambda: f"{_peers(observed)}; {_copy(archive.journal, observed.journal)}", move
    )


def _peers(observed: Observed) -> str:
    """What is well with the peers' copy."""
    _none(flaws(observed.journal))
    return f"the chain of the peers' {count(len(observed.journal), 'record')} holds"


def _copy(path: Path, peers: Journal) -> str:
    """What is well with the copy on the storage."""
    text = path.read_text() if path.exists() else ""
    try:
        copy = from_text(text)
    except ValueError as error:
        raise OperationError(f"{error}.") from None
    found = list(flaws(copy))
    lines = text.removesuffix("\n").split("\n")
    for record, line in zip(copy, lines, strict=False):
        if to_text((record,)) != f"{line}\n":
            found.append(f"record {record.number}: its bytes are not those that were written")
    found += _against(copy, peers)
    _none(found)
    since = f", from record {copy[0].number} on" if copy and copy[0].number > 1 else ""
    return f"the copy's {count(len(copy), 'record')} hold{since} and are what the peers have"


def _against(copy: Journal, peers: Journal) -> list[str]:
    """Where the copy differs from what the peers have.

    A record that this very hook has written is not in the copy yet: the next hook brings it.
    """
    mine = {record.number: record for record in copy}
    last = copy[-1].number if copy else 0
    found = [
        f"record {record.number}: the peers have another one"
        for record in peers
        if record.number in mine and mine[record.number] != record
    ]
    theirs = [record.number for record in peers]
    missing = [n for n in theirs if mine and copy[0].number < n < last and n not in mine]
    found += [f"record {number}: the copy lacks it" for number in missing]
    if theirs and last > theirs[-1]:
        found.append(f"record {last}: the peers' copy ends before it, with {theirs[-1]}")
    return found


def _none(found: list[str] | tuple[str, ...]) -> None:
    """Nothing when nothing was found.

    Raises:
        OperationError: something was.
    """
    if found:
        more = f"; and {len(found) - _MOST} more" if len(found) > _MOST else ""
        raise OperationError(f"{'; '.join(found[:_MOST])}{more}.")


VERB = Verb(
    name="verify-journal",
    description="Whether a byte of the journal was changed, in the peers' or this unit's copy.",
    run=run,
    params=NoParams,
    result=HealthCheck,
)
