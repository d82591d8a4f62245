# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`snapshot`: this unit's daemons and jobs, and what the master knows, for a post-mortem."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster import Spark
from dataops.operations import Context, JobVerb, Work
from dataops.snapshot import job
from dataops.snapshot.job import Collected, Spec, Where
from observed import Observed
from plan import wanted

if TYPE_CHECKING:
    from dataops.snapshot.collect import Collection

_EVENT_LOGS = 6
_APPLICATIONS = 20
# Of each running job, as its driver's own pages tell.
_PAGES = ("jobs", "stages?status=failed", "allexecutors")


class SparkSpec(Spec):
    """What the job is told.

    Attributes:
        version: of Spark.
        data: the storage.
        master, worker, history: their pages.
        drivers: the pages of the declared jobs of this unit, by name.
        jobs: the declared jobs that should run here.
        workers: how many there should be.
    """

    version: str
    data: Path | None
    master: str
    worker: str
    history: str
    drivers: dict[str, str]
    jobs: tuple[str, ...]
    workers: int


def prepare(context: Context[Observed, Spark, Where]) -> SparkSpec:
    """What the job needs to know, with every secret that this unit knows."""
    o, spark = context.observed, context.workload
    home, master = f"http://{o.address}", f"http://{o.agreement.master or o.address}"
    told = job.told(context, _secrets(o))
    return SparkSpec(
        **told,
        version=spark.installation.version,
        data=o.data,
        master=f"{master}:{o.ports.master_ui}",
        worker=f"{home}:{o.ports.worker_ui(o.number)}",
        history=f"{master}:{o.ports.history}",
        drivers={j.name: f"{home}:{o.ports.driver_ui(slot)}" for j, slot in o.homes},
        # A submitted program says nothing of itself.
        jobs=tuple(sorted(wanted(o) & {declared.name for declared, _ in o.homes})),
        workers=len(o.addresses),
    )


def work(work: Work[SparkSpec]) -> Collected:
    """Collect, and hand in."""
    return job.run(work, gather)


def gather(collection: Collection, spec: SparkSpec) -> str:
    """What only Spark has; a line about it."""
    from dataops.snapshot.collect import newest, safe

    master: dict[str, Any] | None = collection.value(
        "spark/master.json", lambda: _get(f"{spec.master}/json/")
    )
    collection.value("spark/worker.json", lambda: _get(f"{spec.worker}/json/"))
    history = f"{spec.history}/api/v1/applications?limit={_APPLICATIONS}"
    collection.value("spark/applications.json", lambda: _get(history))
    for name, pages in spec.drivers.items():
        _driver(collection, name, pages)
    running = [name for name in spec.jobs if _runs(collection, spec, name)]
    logs = spec.data / "event-logs" if spec.data else None
    for path in newest(logs.rglob("*") if logs else (), _EVENT_LOGS):
        relative = path.relative_to(logs or path).with_suffix("")
        name = "/".join(safe(part) for part in relative.parts)
        collection.file(f"spark/event-logs/{name}.json", path)
    alive = (master or {}).get("aliveworkers", 0)
    if alive < spec.workers:
        title = f"{spec.workers - alive} of {spec.workers} workers are not there"
        asked = f"asked: {spec.master}"
        collection.find("critical", title, asked, "spark/master.json" if master else "")
    return (
        f"Spark {spec.version}: {alive} of {spec.workers} workers alive, "
        f"{len(running)} of {len(spec.jobs)} jobs of this unit running"
    )


def _driver(collection: Collection, name: str, pages: str) -> None:
    """What a job's driver tells of itself."""
    from dataops.snapshot.collect import safe

    folder = f"spark/jobs/{safe(name)}"
    found = collection.value(
        f"{folder}/applications.json", lambda: _get(f"{pages}/api/v1/applications")
    )
    for application in (found or ())[:1]:
        for page in _PAGES:
            address = f"{pages}/api/v1/applications/{application['id']}/{page}"
            file = page.partition("?")[0]
            collection.value(f"{folder}/{file}.json", lambda a=address: _get(a))


def _runs(collection: Collection, spec: SparkSpec, name: str) -> bool:
    """Whether the job says that it runs; its own account of itself is kept."""
    from dataops.snapshot.collect import safe

    path = spec.paths.run / f"{name}.json"
    kept = f"spark/jobs/{safe(name)}/progress.json"
    found: dict[str, Any] | None = collection.value(kept, lambda: json.loads(path.read_text()))
    state = str((found or {}).get("state", "unknown"))
    if state != "running":
        detail = str((found or {}).get("reason", ""))
        severity = "critical" if state == "failed" else "warning"
        collection.find(severity, f"job {name} is {state}", detail, kept if found else "")
    return state == "running"


def _secrets(o: Observed) -> dict[str, str]:
    """Every secret that this unit knows, by a name for the report."""
    passwords = {f"password of {a.username}": a.password for a in _distinct(o.accesses.values())}
    store = o.store.secrets() if o.store else {}
    shared = {"secret of Spark's processes": o.secret, "their old secret": o.old_secret}
    return {**{name: text for name, text in shared.items() if text}, **passwords, **store}


def _distinct(accesses: Iterable[Any]) -> Iterable[Any]:
    """Every access once."""
    return {access.username: access for access in accesses}.values()


def _get(url: str) -> Any:
    """A page of our own."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
        return json.load(answer)


VERB = JobVerb(
    name="snapshot",
    description=job.DESCRIPTION,
    prepare=prepare,
    work=work,
    params=Where,
    result=Collected,
    spec=SparkSpec,
)
