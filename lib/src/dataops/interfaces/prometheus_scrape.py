# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The interface prometheus_scrape, with the bytes of the published observability charms.

Provider application bag: `scrape_jobs`, `scrape_metadata`, `alert_rules` (JSON each); provider
unit bag: `prometheus_scrape_unit_address`, `..._name`, `..._path`. A target `*:9101` stands for
that port of every unit. The requirer's application bag carries `event`: what it refused, and why.

Ours: where a job's `basic_auth.password` is the URI of a secret, user and password are in that
secret, and the requirer's unit bag says in `accepted-users` that it works with them.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import ops
import pydantic

from dataops.host.network import listening
from dataops.interfaces._accepted import users_in, write_users
from dataops.interfaces._secrets import ensure_secret, read_secret
from dataops.interfaces.alert_rules import load_alert_rules
from dataops.interfaces.prometheus_api import Login
from dataops.interfaces.topology import Topology
from dataops.passing import pass_over

_ADDRESS = "prometheus_scrape_unit_address"
_NAME = "prometheus_scrape_unit_name"
_PATH = "prometheus_scrape_unit_path"


class StaticConfig(pydantic.BaseModel):
    """Targets that share labels; `*:PORT` is that port of every unit."""

    model_config = pydantic.ConfigDict(frozen=True, extra="allow")

    targets: tuple[str, ...] = ()
    labels: dict[str, str] = {}


class ScrapeJob(pydantic.BaseModel):
    """One scrape job as its charm declares it; further fields are Prometheus' own."""

    model_config = pydantic.ConfigDict(frozen=True, extra="allow")

    job_name: str | None = None
    metrics_path: str | None = None
    static_configs: tuple[StaticConfig, ...] = ()


@dataclasses.dataclass(frozen=True)
class ScrapedUnit:
    """One unit of a source: its name, its address, and what precedes its metrics path."""

    name: str
    address: str
    path: str = ""


@dataclasses.dataclass(frozen=True)
class ScrapeSource:
    """What one `monitoring` relation offers.

    Attributes:
        relation: The relation's id.
        application: The remote application's name in this model.
        topology: Where the metrics come from; None when the other side does not say.
        jobs: The declared jobs, wildcards unexpanded.
        units: The units that have published an address, in order of name.
        alert_rules: The rules as published: `{"groups": [...]}`, one bare rule, or `{}`.
        problems: What could not be read, each naming its field; the rest remains usable.
        logins: The users of its jobs whose passwords came as secrets.
    """

    relation: int
    application: str
    topology: Topology | None = None
    jobs: tuple[ScrapeJob, ...] = ()
    units: tuple[ScrapedUnit, ...] = ()
    alert_rules: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    problems: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()


class MetricsProvider:
    """The side whose units are scraped.

    Args:
        charm: The charm.
        endpoint: The name of a provided endpoint of this interface.
        jobs: Scrape jobs as in Prometheus' `scrape_configs`, e.g.
            `[{"job_name": "broker", "static_configs": [{"targets": ["*:9101"]}]}]`.
        rules: The directory of alert rule files, usually `src/prometheus_alert_rules`; None
            when the charm has none.
        login: As whom to scrape; it is handed over as a secret. None: as nobody.
        groups: Further groups of rules, such as what the charm itself knows and records.
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        endpoint: str,
        jobs: Sequence[Mapping[str, Any]],
        rules: pathlib.Path | None = None,
        login: Login | None = None,
        groups: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self._charm = charm
        self._endpoint = endpoint
        self._jobs = jobs
        self._groups = groups
        self._rules = rules
        self._login = login

    def publish(self) -> None:
        """Writes this unit's address, and on the leader the jobs and rules, to every relation.

        Raises:
            AlertRuleError: A rule file of the charm is malformed.
        """
        for relation in self._charm.model.relations[self._endpoint]:
            self._publish_unit(relation)
            if self._charm.unit.is_leader():
                self._publish_application(relation)
        if self._login is None:
            pass_over(self._charm, self._endpoint, unless="event")

    def refusals(self) -> dict[str, str]:
        """What a scraping application refused of ours, by its name."""
        found: dict[str, str] = {}
        for relation in self._charm.model.relations[self._endpoint]:
            event = _event(relation, relation.app)
            reasons = [event.get("errors"), event.get("scrape_job_errors")]
            if text := "; ".join(str(reason) for reason in reasons if reason):
                found[relation.app.name] = text
        return found

    def _publish_unit(self, relation: ops.Relation) -> None:
        """The address is read anew each time, because it may change in a unit's life."""
        binding = self._charm.model.get_binding(relation)
        network = binding.network if binding else None
        # Where workloads listen, whatever comes first.
        address = (listening(network) or network.bind_address) if network else None
        if address is not None:
            relation.data[self._charm.unit].update(
                {_ADDRESS: str(address), _NAME: self._charm.unit.name, _PATH: ""}
            )

    def _publish_application(self, relation: ops.Relation) -> None:
        """Keys are sorted, so that equal facts are equal bytes and wake nobody."""
        topology = Topology.of(self._charm)
        rules = load_alert_rules(self._rules, topology) if self._rules else {}
        if self._groups:
            rules = {"groups": [*rules.get("groups", ()), *self._groups]}
        contents: dict[str, Any] = {
            "scrape_jobs": [{**job, **self._basic_auth(relation)} for job in self._jobs],
            "scrape_metadata": topology.model_dump(),
            "alert_rules": rules,
        }
        bag = relation.data[self._charm.app]
        bag.update({key: json.dumps(value, sort_keys=True) for key, value in contents.items()})

    def _basic_auth(self, relation: ops.Relation) -> dict[str, Any]:
        """The login as a job names it: its password is the URI of the secret."""
        if self._login is None or not relation.active:
            return {}
        content = {"username": self._login.username, "password": self._login.password}
        label = f"{self._endpoint}-login"
        uri = ensure_secret(self._charm.model, relation, label, content)
        return {"basic_auth": {"username": self._login.username, "password": uri}}


def accepted(relations: Sequence[ops.Relation]) -> dict[str, frozenset[str] | None]:
    """By unit of those who scrape, the users that they do it as; None: it says nothing."""
    return {unit.name: users_in(each.data[unit]) for each in relations for unit in each.units}


class MetricsConsumer:
    """The side that scrapes."""

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._charm = charm
        self._endpoint = endpoint

    def sources(self) -> tuple[ScrapeSource, ...]:
        """What every relation offers, in order of relation id."""
        relations = sorted(self._charm.model.relations[self._endpoint], key=lambda each: each.id)
        model = self._charm.model
        return tuple(_source(model, relation) for relation in relations if relation.app)

    def accept(self) -> None:
        """Tells each source which users of it we scrape as now, once they are in use."""
        for source in self.sources():
            relation = self._charm.model.get_relation(self._endpoint, source.relation)
            if relation and relation.active and source.logins:
                write_users(relation.data[self._charm.unit], source.logins)

    def refuse(self, refusals: Mapping[int, str]) -> None:
        """Tells each source, by relation id, what of its rules was left out; the leader only.

        A relation without an entry has its earlier refusal withdrawn.
        """
        if not self._charm.unit.is_leader():
            return
        for relation in self._charm.model.relations[self._endpoint]:
            reason = refusals.get(relation.id, "")
            bag = relation.data[self._charm.app]
            if reason:
                bag["event"] = json.dumps({"errors": reason, "valid": False}, sort_keys=True)
            elif "event" in bag:
                bag["event"] = json.dumps({"valid": True})


def _source(model: ops.Model, relation: ops.Relation) -> ScrapeSource:
    """Reads a relation field by field, so that one bad field costs only itself."""
    bag = relation.data[relation.app]
    problems: list[str] = []

    def read(field: str, kind: Any, default: Any) -> Any:
        # An empty object is what a charm with nothing to say publishes.
        if (text := bag.get(field, "").strip()) in ("", "{}", "null"):
            return default
        try:
            return pydantic.TypeAdapter(kind).validate_json(text)
        except pydantic.ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = "".join(f"[{part!r}]" for part in first["loc"])
            problems.append(f"{field}{place}: {first['msg']}")
            return default

    jobs, logins = _opened(model, read("scrape_jobs", tuple[ScrapeJob, ...], ()), problems)
    return ScrapeSource(
        relation=relation.id,
        application=relation.app.name,
        topology=read("scrape_metadata", Topology, None),
        jobs=jobs,
        logins=logins,
        alert_rules=read("alert_rules", dict[str, Any], {}),
        units=_units(relation),
        problems=tuple(problems),
    )


def _opened(
    model: ops.Model, jobs: Sequence[ScrapeJob], problems: list[str]
) -> tuple[tuple[ScrapeJob, ...], tuple[str, ...]]:
    """The jobs with the logins that came as secrets, and their users."""
    found: list[ScrapeJob] = []
    users: list[str] = []
    for job in jobs:
        given = cast("dict[str, Any]", (job.model_extra or {}).get("basic_auth") or {})
        uri = str(given.get("password", ""))
        if not uri.startswith("secret:"):
            found.append(job)
        elif login := read_secret(model, uri):
            users.append(login["username"])
            found.append(job.model_copy(update={"basic_auth": login}))
        else:
            problems.append(f"scrape_jobs: the secret {uri} of a job cannot be read")
    return tuple(found), tuple(dict.fromkeys(users))


def _units(relation: ops.Relation) -> tuple[ScrapedUnit, ...]:
    """The units with an address; older charms write it as `prometheus_scrape_host`."""
    bags = [(unit, relation.data[unit]) for unit in relation.units]
    units = (
        ScrapedUnit(
            name=bag.get(_NAME) or unit.name,
            address=bag.get(_ADDRESS) or bag.get("prometheus_scrape_host", ""),
            path=bag.get(_PATH) or "",
        )
        for unit, bag in bags
    )
    return tuple(sorted((unit for unit in units if unit.address), key=lambda unit: unit.name))


def _event(relation: ops.Relation, app: ops.Application) -> dict[str, Any]:
    """The other side's `event`, or nothing when it wrote none or none that reads."""
    try:
        return pydantic.TypeAdapter(dict[str, Any]).validate_json(
            relation.data[app].get("event", "{}")
        )
    except pydantic.ValidationError:
        return {}
