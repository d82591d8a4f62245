# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The verb `snapshot` of a unit: what it takes and gives, and the work that all charms share."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pydantic

from dataops.host.files import ensure_absent, ensure_directory
from dataops.host.paths import UnitPaths
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Work
from dataops.snapshot.address import Collector

if TYPE_CHECKING:
    from dataops.snapshot.account import Account
    from dataops.snapshot.collect import Collection

# A databag is no place for more; the archive names them all.
_MOST_NAMED = 10
DESCRIPTION = (
    "Logs, configuration, threads, heap and state of this unit for a post-mortem, without secrets."
)


class Where(Params):
    """Where the archive goes: without a collector it stays on the unit.

    Attributes:
        collector: its address, `https://10.1.2.3:9470`.
        fingerprint: the SHA-256 of its certificate, in hex.
        token: the URI of the secret with the upload token, in its key `token`.
    """

    collector: str = ""
    fingerprint: str = ""
    token: str = ""


class Collected(Result):
    """What became of a unit's part.

    Attributes:
        state: how the unit was, in one line.
        unit: whose part it is.
        files, bytes: how much; the bytes are those of the archive.
        sha256: of the archive.
        removed: how often a secret was removed.
        missing: what could not be collected, each with its reason.
        uploaded: whether the collector has it; else it lies on the unit at `archive`, and `fetch`
            is the command that brings it.
        reason: why it lies there.
    """

    state: str
    unit: str
    files: int
    bytes: int
    sha256: str
    removed: int
    missing: tuple[str, ...] = ()
    uploaded: bool = False
    archive: str | None = None
    fetch: str | None = None
    reason: str | None = None

    def action_results(self) -> dict[str, Any]:
        """Text; what is missing a line each."""
        shown = super().action_results()
        shown["missing"] = "\n".join(self.missing) or "nothing"
        return shown


class _Hidden(pydantic.BaseModel):
    """A secret on its way to the job."""

    name: str
    value: str = pydantic.Field(repr=False)


class Spec(pydantic.BaseModel):
    """What a unit's job is told; a charm adds what it needs.

    Attributes:
        unit: its name.
        root: of its workload's directories.
        view: the model as the unit sees it.
        secrets: every secret that the charm knows.
        collector: where the archive goes; None leaves it on the unit.
    """

    unit: str
    root: Path
    view: dict[str, Any] = {}
    secrets: tuple[_Hidden, ...] = ()
    collector: Collector | None = None

    @property
    def paths(self) -> UnitPaths:
        """The unit's directories."""
        return UnitPaths(self.root)


SpecT = TypeVar("SpecT", bound=Spec)


def told(context: Context[Any, Any, Where], secrets: Mapping[str, str]) -> dict[str, Any]:
    """The fields of `Spec`, for a charm's own.

    Args:
        context: of the verb.
        secrets: what the charm knows and nobody may read, by a name for the report.

    Raises:
        OperationError: the upload token cannot be read, or half of the address is missing.
    """
    where = context.params
    hidden = [_Hidden(name=name, value=value) for name, value in secrets.items() if value]
    collector = None
    if where.collector or where.fingerprint or where.token:
        if not (where.collector and where.fingerprint and where.token):
            raise OperationError(
                "Give collector, fingerprint and token together, or none of them."
            )
        token = context.juju.secret(where.token).get("token", "")
        collector = Collector(address=where.collector, fingerprint=where.fingerprint, token=token)
        hidden.append(_Hidden(name="upload token", value=token))
    return {
        "unit": context.juju.unit,
        "root": context.juju.paths.root,
        "view": context.juju.view(),
        "secrets": tuple(hidden),
        "collector": collector,
    }


def collecting(
    prepare: Callable[[Context[Any, Any, Where]], SpecT],
    gather: Callable[[Collection, SpecT], str],
    spec: type[SpecT],
) -> JobVerb[Any, Any, Where, SpecT, Collected]:
    """The verb of a charm.

    Args:
        prepare: makes the specification, of `told` and what the charm adds.
        gather: collects what only this charm has, and says in a line how the unit is.
        spec: the charm's own.
    """
    return JobVerb(
        name="snapshot",
        description=DESCRIPTION,
        prepare=prepare,
        work=lambda work: run(work, gather),
        params=Where,
        result=Collected,
        spec=spec,
    )


def run(work: Work[SpecT], gather: Callable[[Collection, SpecT], str]) -> Collected:
    """Collect, clean, pack, and hand over.

    Args:
        work: with the charm's specification.
        gather: collects what only this charm has, and says in a line how the unit is.
    """
    # A job may load what a hook must not.
    from dataops.snapshot import basics, timeline
    from dataops.snapshot.account import NAME, TIMELINE, Account
    from dataops.snapshot.collect import Collection
    from dataops.snapshot.redact import Redactor, Secret

    spec, began, clock = work.spec, datetime.datetime.now(datetime.timezone.utc), time.monotonic()
    folder = spec.unit.replace("/", "-")
    place = spec.paths.root / "snapshot" / folder
    ensure_absent(place.parent)
    ensure_directory(place.parent, mode=0o700)
    place.mkdir()
    redactor = Redactor(Secret(each.name, each.value) for each in spec.secrets)
    collection = Collection(spec.unit, place, redactor)
    # What passes by goes first, and what stays last.
    work.progress("asks the Java machines", 0.1)
    basics.java_machines(collection)
    work.end_if_cancelled()
    work.progress("asks the workload", 0.3)
    collection.begin_part()
    summary = gather(collection, spec)
    work.end_if_cancelled()
    work.progress("copies logs and configuration", 0.5)
    collection.begin_part()
    collection.value("model.json", lambda: spec.view)
    basics.machine(collection, spec.paths)
    basics.configuration(collection, spec.paths)
    basics.logs(collection, spec.paths)
    timeline.write(collection.logs, place / TIMELINE)
    account = Account(
        unit=spec.unit,
        summary=summary,
        began=began,
        seconds=round(time.monotonic() - clock, 3),
        findings=tuple(collection.findings),
        gaps=tuple(collection.gaps),
        pieces=tuple(collection.pieces),
        too_short=redactor.too_short,
    )
    (place / NAME).write_text(account.model_dump_json(indent=1))
    work.end_if_cancelled()
    return _hand_in(work, account, place)


def _hand_in(work: Work[SpecT], account: Account, place: Path) -> Collected:
    """The archive with the collector, or with its reason on the unit."""
    from dataops.snapshot.hand_over import HandOverError, hand_over
    from dataops.snapshot.manifest import digest
    from dataops.snapshot.package import pack

    work.progress("packs", 0.8)
    spec, kept = work.spec, work.spec.paths.root / "snapshots"
    ensure_directory(kept)
    archive = pack(place, kept / f"snapshot-{account.folder}.tar.zst", account.folder)
    ensure_absent(place.parent)
    result = Collected(
        state=account.summary,
        unit=spec.unit,
        files=len(account.pieces),
        bytes=archive.stat().st_size,
        sha256=digest(archive),
        removed=account.removed,
        missing=tuple(f"{gap.name}: {gap.reason}" for gap in account.gaps[:_MOST_NAMED]),
    )
    reason = "no collector was given"
    if spec.collector:
        work.progress("uploads", 0.9)
        try:
            hand_over(archive, spec.unit, spec.collector)
        except HandOverError as error:
            reason = str(error)
        else:
            ensure_absent(archive)
            return result.model_copy(update={"uploaded": True})
    stays = {
        "archive": str(archive),
        "fetch": f"juju scp {spec.unit}:{archive} .",
        "reason": reason,
    }
    return result.model_copy(update=stays)
