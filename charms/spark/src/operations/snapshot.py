# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`snapshot`: this unit's daemons and jobs, and what the master knows, for a post-mortem."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster import Spark
from dataops.certificates import keystore_password
from dataops.operations import Context
from dataops.snapshot import job
from dataops.snapshot.job import Spec, Where
from observed import Observed
from pages import read
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
        ca: by whom an https page is trusted, PEM; empty for http.
        master, worker, history: their pages.
        drivers: the pages of the declared jobs of this unit, by name.
        jobs: the declared jobs that should run here.
        workers: how many there should be.
    """

    version: str
    data: Path | None
    ca: str = ""
    master: str
    worker: str
    history: str
    drivers: dict[str, str]
    jobs: tuple[str, ...]
    workers: int


def prepare(context: Context[Observed, Spark, Where]) -> SparkSpec:
    """What the job needs to know, with every secret that this unit knows."""
    o, spark = context.observed, context.workload
    leader = o.agreement.master or o.address
    told = job.told(context, _secrets(o))
    return SparkSpec(
        **told,
        version=spark.installation.version,
        data=o.data,
        ca=o.ca,
        master=o.page(leader, o.ports.master_ui),
        worker=o.page(o.address, o.ports.worker_ui(o.number)),
        history=o.page(leader, o.ports.history),
        drivers={j.name: o.page(o.address, o.ports.driver_ui(slot)) for j, slot in o.homes},
        # A submitted program says nothing of itself.
        jobs=tuple(sorted(wanted(o) & {declared.name for declared, _ in o.homes})),
        workers=len(o.addresses),
    )


def gather(collection: Collection, spec: SparkSpec) -> str:
    """What only Spark has; a line about it."""
    from dataops.snapshot.collect import newest, safe

    master: dict[str, Any] | None = collection.value(
        "spark/master.json", lambda: read(f"{spec.master}/json/", spec.ca)
    )
    collection.value("spark/worker.json", lambda: read(f"{spec.worker}/json/", spec.ca))
    history = f"{spec.history}/api/v1/applications?limit={_APPLICATIONS}"
    collection.value("spark/applications.json", lambda: read(history, spec.ca))
    for name, pages in spec.drivers.items():
        _driver(collection, name, pages, spec.ca)
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


def _driver(collection: Collection, name: str, pages: str, ca: str) -> None:
    """What a job's driver tells of itself."""
    from dataops.snapshot.collect import safe

    folder = f"spark/jobs/{safe(name)}"
    found = collection.value(
        f"{folder}/applications.json", lambda: read(f"{pages}/api/v1/applications", ca)
    )
    for application in (found or ())[:1]:
        for page in _PAGES:
            address = f"{pages}/api/v1/applications/{application['id']}/{page}"
            file = page.partition("?")[0]
            collection.value(f"{folder}/{file}.json", lambda a=address: read(a, ca))


def _runs(collection: Collection, spec: SparkSpec, name: str) -> bool:
    """Whether the job says that it runs; its own account of itself is kept."""
    from dataops.snapshot.collect import safe

    path = spec.paths.run / f"{name}.json"
    kept = f"spark/jobs/{safe(name)}/progress.json"
    found: dict[str, Any] | None = collection.value(kept, lambda: json.loads(path.read_text()))
    state = str((found or {}).get("state", "unknown"))
    if state != "running":
        detail = str((found or {"reason": "it could not be asked"}).get("reason", ""))
        severity = "critical" if state == "failed" else "warning"
        collection.find(severity, f"job {name} is {state}", detail, kept if found else "")
    return state == "running"


def _secrets(o: Observed) -> dict[str, str]:
    """Every secret that this unit knows, by a name for the report."""
    passwords = {f"password of {a.username}": a.password for a in _distinct(o.accesses.values())}
    store = o.store.secrets() if o.store else {}
    shared = {"secret of Spark's processes": o.secret, "their old secret": o.old_secret}
    if o.certificate:
        shared["password of the key store"] = keystore_password(o.certificate)
    return {**{name: text for name, text in shared.items() if text}, **passwords, **store}


def _distinct(accesses: Iterable[Any]) -> Iterable[Any]:
    """Every access once."""
    return {access.username: access for access in accesses}.values()


VERB = job.collecting(prepare, gather, SparkSpec)
