# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""`snapshot`: what Prometheus has seen in the last hour, and its alerts, for a post-mortem."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from api import Api
from bridge import Bridge
from dataops.operations import Context
from dataops.snapshot import job
from dataops.snapshot.job import Spec, Where
from observed import Observed

if TYPE_CHECKING:
    from dataops.snapshot.collect import Collection

HOUR = 3600
STEP = "30s"
RANGES = Path(__file__).parents[1] / "ranges.yaml"
_STATUS = ("runtimeinfo", "buildinfo", "flags", "tsdb")
_MOST_TARGETS = 3


class PrometheusSpec(Spec):
    """What the job is told.

    Attributes:
        version: of Prometheus.
        url: of its API.
        ca: the file by which an https address is trusted.
        user, password: as whom to ask, and the file with the password.
    """

    version: str
    url: str
    ca: Path | None
    user: str = ""
    password: Path | None = None


def prepare(context: Context[Observed, Bridge, Where]) -> PrometheusSpec:
    """What the job needs to know, with every secret that this unit knows."""
    o = context.observed
    told = job.told(context, _secrets(o))
    condition = context.workload.condition(o.url, o.data, o.user)
    api = context.workload.api(o.url, o.user)
    return PrometheusSpec(
        **told,
        version=condition.version,
        url=api.url,
        ca=api.ca,
        user=api.user,
        password=api.password,
    )


def gather(collection: Collection, spec: PrometheusSpec) -> str:
    """What only Prometheus has; a line about it."""
    api = Api(spec.url, spec.ca, spec.user, spec.password)
    alerts = collection.value("prometheus/alerts.json", api.alerts)
    if alerts is None:
        collection.find("critical", "Prometheus does not answer", f"asked: {spec.url}")
        return f"Prometheus {spec.version} does not answer"
    targets = collection.value("prometheus/targets.json", api.targets) or []
    collection.value("prometheus/rules.json", api.rules)
    for what in _STATUS:
        collection.value(f"prometheus/status/{what}.json", lambda w=what: api.status(w))
    now = time.time()
    for name, expression in yaml.safe_load(RANGES.read_text()).items():
        collection.value(
            f"prometheus/ranges/{name}.json", lambda e=expression: _range(api, e, now)
        )
    firing = [alert for alert in alerts if alert.get("state") == "firing"]
    for alert in firing:
        _tell(collection, alert)
    down = [target for target in targets if target.get("health") == "down"]
    if down:
        named = ", ".join(f"{t['scrapeUrl']} ({t['lastError']})" for t in down[:_MOST_TARGETS])
        title = f"{len(down)} of {len(targets)} targets cannot be scraped"
        collection.find("warning", title, named, "prometheus/targets.json")
    return (
        f"Prometheus {spec.version}: {len(firing)} alerts fire, "
        f"{len(targets) - len(down)} of {len(targets)} targets up"
    )


def _range(api: Api, expression: str, now: float) -> dict[str, Any]:
    """The expression's last hour, with the expression."""
    answer = api.query_range(expression, f"{now - HOUR:.0f}", f"{now:.0f}", STEP)
    return {"expression": expression, **answer}


def _tell(collection: Collection, alert: dict[str, Any]) -> None:
    """The finding that an alert is."""
    labels = alert.get("labels", {})
    notes = alert.get("annotations", {})
    detail = str(notes.get("description") or notes.get("summary") or "")
    whose = labels.get("juju_unit") or labels.get("juju_application") or ""
    severity = "critical" if labels.get("severity") == "critical" else "warning"
    title = f"alert {labels.get('alertname', '')} fires" + (f" for {whose}" if whose else "")
    collection.find(
        severity, title, detail, "prometheus/alerts.json", at=_at(alert.get("activeAt", ""))
    )


def _at(text: str) -> Any:
    """Since when; Prometheus writes nanoseconds."""
    from dataops.snapshot.timeline import moment

    return moment(text.encode())


def _secrets(o: Observed) -> dict[str, str]:
    """Every secret that this unit knows, by a name for the report."""
    from dataops.snapshot.redact import private_keys, secrets_within

    key = o.certificate.key if o.certificate else ""
    found = list(private_keys(f"key of {o.topology.unit}", key))
    for source in o.sources:
        jobs = [declared.model_dump(mode="json") for declared in source.jobs]
        found += secrets_within(jobs, f"scrape job of {source.application}")
    urls = [*o.remote_write, *([o.config.remote_write_url] if o.config else [])]
    found += secrets_within(urls, "remote write")
    named = {f"{each.name} {n}" if n else each.name: each.value for n, each in enumerate(found)}
    passwords = {f"password of {u}": text for u, text in o.accounts.passwords.items()}
    hashes = {f"hash of {u}": text for u, text in o.accounts.users.items()}
    return {**named, **passwords, **hashes}


VERB = job.collecting(prepare, gather, PrometheusSpec)
