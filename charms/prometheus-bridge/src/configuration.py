# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What Prometheus reads: scrape jobs from relations, prometheus.yml, web.yml. Pure.

Labels and job names are those of the published observability charms, so that their dashboards
and rules fit. A declared job stays one job; the units become its targets.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from dataops.interfaces.prometheus_scrape import ScrapedUnit, ScrapeJob, ScrapeSource, StaticConfig
from rules import Refusal, Rule, read_rules

# What a charm may set of a scrape job: nothing by which it could reach beyond its own targets.
_ALLOWED = {
    "metrics_path", "scrape_interval", "scrape_timeout", "proxy_url", "relabel_configs",
    "metric_relabel_configs", "sample_limit", "label_limit", "label_name_length_limit",
    "label_value_length_limit", "scheme", "basic_auth", "tls_config", "authorization", "params",
}  # fmt: skip
_PEM_FILES = ("ca_file", "cert_file", "key_file")


@dataclasses.dataclass(frozen=True)
class Tuning:
    """What prometheus.yml says beside the jobs.

    Attributes:
        scrape_interval: Prometheus' duration text.
        external_labels: Added to every sample that leaves, unless it has that label.
        remote_write: Addresses.
        rule_files: Glob patterns.
        own_target: `address:port` of this Prometheus.
        own_labels: The labels of its own metrics.
        own_ca: The file by which its https is trusted; None: it speaks http.
        own_user: As whom it scrapes itself; empty: as nobody.
        own_password: The file with that user's password.
    """

    scrape_interval: str
    external_labels: Mapping[str, str]
    remote_write: tuple[str, ...]
    rule_files: tuple[str, ...]
    own_target: str
    own_labels: Mapping[str, str]
    own_ca: Path | None = None
    own_user: str = ""
    own_password: Path | None = None


@dataclasses.dataclass(frozen=True)
class Source:
    """What one relation adds to the configuration.

    Attributes:
        relation: The relation's id.
        application: The related application.
        name: Names the source's rule file, unique per relation.
        jobs: Scrape jobs as Prometheus reads them.
        rules: Rules to check and install.
        certificates: PEM text by the file name that the jobs refer to.
        refusals: What of the relation cannot be used.
    """

    relation: int
    application: str
    name: str
    jobs: tuple[Mapping[str, Any], ...] = ()
    rules: tuple[Rule, ...] = ()
    certificates: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    refusals: tuple[Refusal, ...] = ()


class _UnusableJobError(ValueError):
    """A job asks for something that this charm does not give."""


def sources(offered: Sequence[ScrapeSource], certificates: Path) -> tuple[Source, ...]:
    """Each relation's part of the configuration; job names are unique among all.

    Args:
        offered: What the relations offer, in order of relation id.
        certificates: The directory where PEM files will lie.
    """
    taken: set[str] = set()
    return tuple(_source(each, certificates, taken) for each in offered)


def own_source(application: str, rules: Mapping[str, Any]) -> Source:
    """What this charm adds itself: rules about everything that is scraped."""
    read, _ = read_rules(rules, None, application)
    return Source(relation=-1, application=application, name="own", rules=tuple(read))


def prometheus_yml(tuning: Tuning, jobs: Sequence[Mapping[str, Any]]) -> str:
    """The text of prometheus.yml."""
    content: dict[str, Any] = {
        "global": {
            "scrape_interval": tuning.scrape_interval,
            "evaluation_interval": tuning.scrape_interval,
            "external_labels": dict(tuning.external_labels),
        },
        "rule_files": list(tuning.rule_files),
        "scrape_configs": [_own_job(tuning), *(dict(job) for job in jobs)],
    }
    if tuning.remote_write:
        content["remote_write"] = [{"url": url} for url in tuning.remote_write]
    return yaml.safe_dump(content, sort_keys=False)


def web_yml(users: Mapping[str, str], tls: tuple[Path, Path] | None = None) -> str:
    """The text of web.yml: Prometheus reads it, and what it names, anew for each request.

    Args:
        users: Password hashes of those who are let in, by name; none: everybody is.
        tls: The files of certificate and key, for https.
    """
    content: dict[str, Any] = {}
    if tls:
        certificate, key = map(str, tls)
        server = {"cert_file": certificate, "key_file": key, "min_version": "TLS12"}
        content["tls_server_config"] = server
    if users:
        content["basic_auth_users"] = dict(users)
    return yaml.safe_dump(content)


def _own_job(tuning: Tuning) -> dict[str, Any]:
    """Prometheus scrapes itself."""
    target: dict[str, Any] = {"targets": [tuning.own_target], "labels": dict(tuning.own_labels)}
    job: dict[str, Any] = {"job_name": "prometheus", "static_configs": [target]}
    if tuning.own_ca:
        job |= {"scheme": "https", "tls_config": {"ca_file": str(tuning.own_ca)}}
    if tuning.own_password:
        login = {"username": tuning.own_user, "password_file": str(tuning.own_password)}
        job |= {"basic_auth": login}
    return job | {"relabel_configs": [_instance()]}


def _source(offered: ScrapeSource, directory: Path, taken: set[str]) -> Source:
    """One relation's part; what cannot be used is left out by name."""
    identifier = offered.topology.identifier if offered.topology else offered.application
    name = f"{identifier}_{offered.relation}"
    rules, problems = read_rules(offered.alert_rules, offered.topology, name)
    problems += [("relation data", problem) for problem in offered.problems]
    jobs: list[Mapping[str, Any]] = []
    files: dict[str, str] = {}
    for index, declared in enumerate(offered.jobs):
        try:
            found = _without_files(_fields(declared), f"{name}-{index}", directory, files)
        except _UnusableJobError as error:
            problems.append((f"scrape job {declared.job_name or index}", str(error)))
            continue
        if targets := list(_targets(declared, offered)):
            wanted = "_".join(
                filter(None, (f"juju_{identifier}_prometheus_scrape", declared.job_name))
            )
            jobs.append(_job(_unique(wanted, offered.relation, taken), found, targets))
    return Source(
        relation=offered.relation,
        application=offered.application,
        name=name,
        jobs=tuple(jobs),
        rules=tuple(rules),
        certificates=files,
        refusals=tuple(
            Refusal(offered.relation, offered.application, *problem) for problem in problems
        ),
    )


def _job(name: str, fields: dict[str, Any], targets: list[dict[str, Any]]) -> Mapping[str, Any]:
    """A job as Prometheus reads it.

    The instance is named after the unit, unless a unit has several targets in the job: those are
    told apart by address only.
    """
    units = [target["labels"].get("juju_unit", "") for target in targets]
    single = all(len(target["targets"]) == 1 for target in targets)
    if single and all(units) and len(set(units)) == len(units):
        fields = {**fields, "relabel_configs": [*fields.get("relabel_configs", ()), _instance()]}
    return {"job_name": name, **fields, "static_configs": targets}


def _instance() -> dict[str, Any]:
    """The rule that names an instance after its unit, which outlives the unit's address."""
    return {
        "source_labels": ["juju_model", "juju_model_uuid", "juju_application", "juju_unit"],
        "separator": "_",
        "target_label": "instance",
        "regex": "(.*)",
    }


def _unique(name: str, relation: int, taken: set[str]) -> str:
    """The name, told apart by its relation and a count where it is taken."""
    candidates = [name, f"{name}_{relation}", *(f"{name}_{relation}_{n}" for n in range(2, 1000))]
    chosen = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(chosen)
    return chosen


def _targets(declared: ScrapeJob, offered: ScrapeSource) -> Iterator[dict[str, Any]]:
    """The static configs of a job, `*` replaced by every unit's address."""
    topology = offered.topology.labels if offered.topology else {}
    path = declared.metrics_path or "/metrics"
    for static in declared.static_configs:
        wildcards = [target for target in static.targets if target.startswith("*")]
        for unit in offered.units:
            found = [_address(unit) + target[1:] for target in wildcards]
            found += [target for target in static.targets if _host(target) == unit.address]
            if found:
                labels = {**topology, "juju_unit": unit.name, **static.labels}
                if unit.path:
                    labels["__metrics_path__"] = unit.path.rstrip("/") + path
                yield {"targets": found, "labels": labels}
        if others := _elsewhere(static, offered.units):
            yield {"targets": others, "labels": {**topology, **static.labels}}


def _elsewhere(static: StaticConfig, units: Sequence[ScrapedUnit]) -> list[str]:
    """The targets that are no unit of the application."""
    addresses = {unit.address for unit in units}
    targets = (target for target in static.targets if not target.startswith("*"))
    return [target for target in targets if _host(target) not in addresses]


def _address(unit: ScrapedUnit) -> str:
    """The unit's address as it stands before a port."""
    return f"[{unit.address}]" if ":" in unit.address else unit.address


def _host(target: str) -> str:
    """The host of `host:port` or `[v6]:port`."""
    host, _, port = target.rpartition(":")
    return (host if host and port.isdigit() else target).strip("[]")


def _fields(declared: ScrapeJob) -> dict[str, Any]:
    """The job's own fields, as far as they are allowed; interoperating charms drop others too."""
    fields = declared.model_dump(mode="json", exclude_unset=True)
    return {key: value for key, value in fields.items() if key in _ALLOWED and value is not None}


def _without_files(
    fields: dict[str, Any], name: str, directory: Path, files: dict[str, str]
) -> dict[str, Any]:
    """The fields with PEM text moved into files of ours.

    A published convention puts PEM text where Prometheus wants a path. A path is refused: it
    would let a related charm have Prometheus send any file of this machine to it.
    """
    for place in ("authorization", "basic_auth"):
        for key in fields.get(place) or ():
            if key.endswith("_file"):
                raise _UnusableJobError(f"{place}.{key} names a file; give the value itself")
    tls = dict(fields.get("tls_config") or {})
    for key in _PEM_FILES:
        # `ca` for `ca_file` and so on is how newer versions of Prometheus take the text itself.
        text = tls.pop(key, None) or tls.pop(key.removesuffix("_file"), None)
        if text is None:
            continue
        if not str(text).lstrip().startswith("-----BEGIN "):
            raise _UnusableJobError(f"tls_config.{key} is no PEM text; give the text itself")
        file = f"{name}-{key.removesuffix('_file')}.pem"
        files[file] = str(text)
        tls[key] = str(directory / file)
    return {**fields, "tls_config": tls} if tls else fields
