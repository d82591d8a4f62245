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
from dataops.objectstore import Target
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Scope, Work
from history import operations
from observed import Observed
from operations.open_collector import INCOMING
from postmortem.told import Absent, Ill, Past, absences, ills, past

# The oldest go, so that the storage does not fill up; each is some megabytes.
KEPT = 5
_MOST_NAMED = 10


class Opened(Params):
    """Where the archives are, and where the snapshot goes.

    Attributes:
        unit: that opened the collector: the archives were uploaded to it.
        store: whether a copy goes into the object store.
    """

    unit: str
    store: bool = False


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
        store: where a copy goes; None keeps it here.
        no_store: why there is none although one is wanted.
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
    store: Target | None = None
    no_store: str = ""


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
        stored: where the copy in the object store is; None without one.
        not_stored: why there is none although one is wanted.
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
    stored: str | None = None
    not_stored: str | None = None

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
        store=o.own_store if context.params.store else None,
        no_store="" if o.own_store or not context.params.store else _no_store(o),
    )


def _no_store(o: Observed) -> str:
    """Why there is nowhere to put a copy."""
    relate = f"there is no object store: juju integrate {o.application}:s3 <object store>"
    return o.store_trouble or relate


def work(work: Work[AssembleSpec]) -> Assembled:
    """Open every part, merge the timelines, write the page and the manifest, and pack.

    Raises:
        OperationError: not a single unit's part is here.
    """
    # A job may load what a hook must not.
    from dataops.snapshot import manifest, timeline
    from dataops.snapshot.package import pack
    from postmortem.errors import Errors
    from postmortem.events import grouped
    from postmortem.page import Snapshot, page
    from postmortem.parts import addresses, opened
    from postmortem.troubles import merged, told

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
    known = addresses(parts)
    errors = Errors(known)
    lines = (part.timeline for part in parts if part.timeline)
    errors.count(timeline.merge(lines, place / "timeline.log"))
    work.end_if_cancelled()
    work.progress("writes the page", 0.7)
    receipts = [part.receipt for part in parts]
    found = told([part.account for part in parts], spec.ills, absent, receipts)
    snapshot = Snapshot(
        number=spec.number,
        model=spec.model,
        made=datetime.datetime.now(datetime.timezone.utc),
        by=spec.unit,
        parts=parts,
        absent=absent,
        troubles=merged(grouped(found, known)),
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
    result = _result(spec, snapshot, archive, manifest.digest(archive))
    if spec.store:
        work.progress(f"copies it to {spec.store.describe()}", 0.9)
    return _with_copy(result, spec, archive)


def _with_copy(result: Assembled, spec: AssembleSpec, archive: Path) -> Assembled:
    """The result, with where the copy is or why there is none: the snapshot is there anyhow."""
    if spec.store is None:
        if not spec.no_store:
            return result
        told = {"not_stored": spec.no_store, "summary": f"{result.summary} Not in the store."}
        return result.model_copy(update=told)
    # Its client takes time to load.
    from dataops.objectstore import StoreError, open_store

    key = f"snapshots/{archive.name}"
    try:
        open_store(spec.store).put(key, archive)
    except StoreError as error:
        told = {"not_stored": str(error), "summary": f"{result.summary} Not in the store."}
    else:
        where = f"{key} in {spec.store.describe()}"
        told = {"stored": where, "summary": f"{result.summary} Copy: {where}."}
    return result.model_copy(update=told)


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
