# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`verify-journal`: whether a byte of the journal was changed, in any copy of it.

Each unit of day2 holds its own copy against the peers': since the chain binds every record to all
before it, copies that agree with the peers' in what is newest agree with each other in everything.
"""

from __future__ import annotations

from pathlib import Path

import pydantic

from archive import Archive
from dataops.objectstore import Target
from dataops.operations import (
    Check,
    Context,
    HealthCheck,
    JobVerb,
    NoParams,
    OperationError,
    Work,
    probe,
)
from journal import Journal, flaws, from_text, to_text
from observed import Observed
from report.units import count

_MOST = 5


class VerifySpec(pydantic.BaseModel):
    """What the job is told.

    Attributes:
        unit: this unit's name.
        journal: its copy.
        peers: the peers' copy, JSON lines.
        store: where the copy outside is; None without one.
    """

    unit: str
    journal: Path
    peers: str
    store: Target | None = None


def prepare(context: Context[Observed, Archive, NoParams]) -> VerifySpec:
    """The copies; the leader keeps the one outside, and holds it against its own."""
    o = context.observed
    return VerifySpec(
        unit=o.unit,
        journal=context.workload.journal,
        peers=to_text(o.journal),
        store=o.own_store if o.leader else None,
    )


def work(work: Work[VerifySpec]) -> HealthCheck:
    """The checks of this unit's copy, of the peers', and of the one outside."""
    spec, peers = work.spec, from_text(work.spec.peers)
    evidence = (
        f"Keep {spec.journal} of {spec.unit} as evidence, and compare it with the copies "
        "of the other units."
    )
    found = [
        probe("peers-copy", lambda: _peers(peers), evidence),
        probe("copy-on-storage", lambda: _copy(spec.journal, peers), evidence),
    ]
    if target := spec.store:
        work.progress(f"reads the copy in {target.describe()}", 0.5)
        found.append(probe("copy-in-store", lambda: _outside(target, spec.journal), evidence))
    return HealthCheck(checks=tuple(found))


def check(observed: Observed, archive: Archive) -> Check:
    """Both copies in one check, for `health-check`."""
    move = f"juju run {observed.application}/leader verify-journal says more"
    return probe(
        "journal",
        lambda: f"{_peers(observed.journal)}; {_copy(archive.journal, observed.journal)}",
        move,
    )


def _peers(journal: Journal) -> str:
    """What is well with the peers' copy."""
    _none(flaws(journal))
    return f"the chain of the peers' {count(len(journal), 'record')} holds"


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


def _outside(target: Target, path: Path) -> str:
    """What is well with the copy in the object store."""
    # Its client takes time to load, which the hooks that only offer this verb do without.
    from dataops.objectstore import StoreError, open_store
    from keeper import stored

    try:
        records, altered = stored(open_store(target))
        mine = from_text(path.read_text() if path.exists() else "")
    except (StoreError, ValueError) as error:
        raise OperationError(f"{error}.") from None
    # Two leaders, one after the other, may have brought the same record.
    outside = tuple({record.model_dump_json(): record for record in records}.values())
    known = {record.number: record for record in mine}
    found = [*altered, *flaws(outside)]
    found += [
        f"record {record.number}: the store has another one"
        for record in outside
        if record.number in known and known[record.number] != record
    ]
    if outside and mine and outside[0].number > mine[0].number:
        found.append(f"record {mine[0].number}: the store lacks it")
    if outside and (not mine or outside[-1].number > mine[-1].number):
        found.append(f"record {outside[-1].number}: this unit's copy ends before it")
    _none(found)
    return f"{count(len(outside), 'record')} in the store hold and are what this unit has"


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


VERB = JobVerb(
    name="verify-journal",
    description="Whether a byte of the journal was changed, in any copy of it.",
    prepare=prepare,
    work=work,
    params=NoParams,
    result=HealthCheck,
    spec=VerifySpec,
)
