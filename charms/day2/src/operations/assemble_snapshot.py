# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`assemble-snapshot`: the archives of all units put together into one, with its page."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pydantic

from archive import Archive
from dataops.host.files import ensure_absent, ensure_contents, ensure_directory
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Scope, Work
from history import operations
from observed import Observed
from operations.open_collector import INCOMING
from postmortem.told import Absent, Ill, Past, absences, ills, past

# The oldest go, so that the storage does not fill up; each is some megabytes.
KEPT = 5
_MOST_NAMED = 10


class Opened(Params):
    """Where the archives were uploaded to: the unit that opened the collector."""

    unit: str


class AssembleSpec(pydantic.BaseModel):
    """What the job is told.

    Attributes:
        number: of the operation.
        model: its model.
        unit: this unit's name.
        incoming: where the archives are.
        folder: where the snapshot goes.
        reports: the folder of all operations' folders.
        ills: health checks that failed.
        absent: whose part was not uploaded.
        past: the last operations.
    """

    number: int
    model: str
    unit: str
    incoming: Path
    folder: Path
    reports: Path
    ills: tuple[Ill, ...] = ()
    absent: tuple[Absent, ...] = ()
    past: tuple[Past, ...] = ()


class Assembled(Result):
    """The snapshot.

    Attributes:
        summary: in one or two sentences, with the command that fetches it.
        unit: where it lies.
        archive, sha256, bytes: the one file that it is.
        page: its page, also beside the archive.
        fetch: the command that brings it.
        units: whose parts are in it.
        missing: whose are not, each with the reason.
        wrong: the gravest of what it found.
        removed: how often a secret was removed.
    """

    summary: str
    unit: str
    archive: str
    sha256: str
    bytes: int
    page: str
    fetch: str
    units: tuple[str, ...]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    removed: int

    def action_results(self) -> dict[str, Any]:
        """Text; lists a line each."""
        shown = super().action_results()
        lists = {"units": self.units, "missing": self.missing, "wrong": self.wrong}
        return shown | {name: "\n".join(lines) or "none" for name, lines in lists.items()}


def prepare(context: Context[Observed, Archive, Opened]) -> AssembleSpec:
    """What the journal tells of the operation so far.

    Raises:
        OperationError: the archives are on another unit.
    """
    o, archive = context.observed, context.workload
    if context.params.unit != o.unit:
        raise OperationError(
            f"The archives were uploaded to {context.params.unit}, which leads no more; {o.unit} "
            f"does. Begin again: juju run {o.application}/leader snapshot"
        )
    known = operations(o.journal)
    operation = next(each for each in known if each.number == archive.operation)
    return AssembleSpec(
        number=operation.number,
        model=o.model,
        unit=o.unit,
        incoming=archive.root / INCOMING,
        folder=archive.folder,
        reports=archive.folder.parent,
        ills=ills(operation),
        absent=absences(operation),
        past=past(known),
    )


def work(work: Work[AssembleSpec]) -> Assembled:
    """Open every part, merge the timelines, write the page and the manifest, and pack.

    Raises:
        OperationError: not a single unit's part is here.
    """
    # A job may load what a hook must not.
    from dataops.snapshot import manifest, timeline
    from dataops.snapshot.package import pack
    from postmortem.errors import Errors
    from postmortem.page import Snapshot, page
    from postmortem.parts import opened
    from postmortem.troubles import troubles

    spec, name = work.spec, f"snapshot-{work.spec.number}"
    place = spec.folder / f".{name}"
    ensure_absent(place)
    ensure_directory(place, mode=0o700)
    work.progress("opens the units' archives", 0.1)
    parts, unusable = opened(spec.incoming, place)
    absent = _really_absent((*spec.absent, *unusable), {part.account.unit for part in parts})
    if not parts:
        ensure_absent(place)
        reasons = "; ".join(f"{each.unit}: {each.reason}" for each in absent)
        raise OperationError(f"No unit's part has arrived. {reasons}")
    work.end_if_cancelled()
    work.progress("puts the lines of all logs in order", 0.4)
    errors = Errors()
    lines = (part.timeline for part in parts if part.timeline)
    errors.count(timeline.merge(lines, place / "timeline.log"))
    work.end_if_cancelled()
    work.progress("writes the page", 0.7)
    accounts = [part.account for part in parts]
    snapshot = Snapshot(
        number=spec.number,
        model=spec.model,
        made=datetime.datetime.now(datetime.timezone.utc),
        by=spec.unit,
        parts=parts,
        absent=absent,
        troubles=troubles(accounts, spec.ills, absent, [part.receipt for part in parts]),
        errors=errors,
        past=spec.past,
    )
    html = page(snapshot)
    (place / "index.html").write_bytes(html)
    manifest.write(place)
    work.progress("packs", 0.8)
    archive = pack(place, spec.folder / f"{name}.tar.zst", name)
    ensure_contents(spec.folder / "index.html", html)
    ensure_absent(place)
    _forget_the_oldest(spec.reports)
    return _result(spec, snapshot, archive, manifest.digest(archive))


def _really_absent(found: tuple[Absent, ...], here: set[str]) -> tuple[Absent, ...]:
    """Those whose part is not here after all: an upload may be in time, and its answer late."""
    named = {each.unit: each for each in found if each.unit not in here}
    return tuple(named.values())


def _forget_the_oldest(reports: Path) -> None:
    """Remove all archives but the newest."""
    found = sorted(reports.glob("*/snapshot-*.tar.zst"), key=lambda path: path.stat().st_mtime)
    for path in found[:-KEPT]:
        ensure_absent(path)


def _result(spec: AssembleSpec, snapshot: Any, archive: Path, digest: str) -> Assembled:
    """What is told of it."""
    missing = [f"{a.unit}: {a.reason} {a.fetch}".rstrip() for a in snapshot.absent]
    fetch = f"juju scp {spec.unit}:{archive} ."
    without = f" Missing: {', '.join(a.unit for a in snapshot.absent)}." if missing else ""
    wrong = [f"{t.title} ({', '.join(t.units)})" for t in snapshot.troubles]
    return Assembled(
        summary=f"{fetch} {snapshot.verdict}{without}",
        unit=spec.unit,
        archive=str(archive),
        sha256=digest,
        bytes=archive.stat().st_size,
        page=str(archive.with_name("index.html")),
        fetch=fetch,
        units=tuple(part.account.unit for part in snapshot.parts),
        missing=tuple(missing[:_MOST_NAMED]),
        wrong=tuple(wrong[:_MOST_NAMED]),
        removed=sum(snapshot.removed.values()),
    )


VERB = JobVerb(
    name="assemble-snapshot",
    description="Puts the archives of all units together into one, with its page.",
    prepare=prepare,
    work=work,
    params=Opened,
    result=Assembled,
    spec=AssembleSpec,
    scope=Scope.LEADER,
)
