# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""From facts to steps. Pure: nothing here touches the machine or asks Juju."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accounts import OWN
from configuration import Source, Tuning, own_source, sources
from dataops.certificates import Identity, IdentityFiles, expiry_rules

if TYPE_CHECKING:
    from observed import Config, Observed

# What its one port is for.
WEB = "web"


@dataclasses.dataclass(frozen=True)
class Install:
    """Have the programs: from the attached archive if there is one."""

    archive: Path | None


@dataclasses.dataclass(frozen=True)
class Secure:
    """Have this certificate where the web server reads it; None: have none."""

    identity: Identity | None = None


@dataclasses.dataclass(frozen=True)
class Admit:
    """Have these users let in, and no others; none at all: have everybody let in.

    Attributes:
        users: Password hashes by name.
        own: Passwords by name of the users that this application is itself.
    """

    users: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)
    own: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)


@dataclasses.dataclass(frozen=True)
class Configure:
    """Have the configuration that these sources make, as far as Prometheus accepts it."""

    tuning: Tuning
    sources: tuple[Source, ...]


@dataclasses.dataclass(frozen=True)
class Serve:
    """Have Prometheus running so, with the configuration loaded; `user` is whom we ask it as."""

    address: str
    port: int
    https: bool
    data: Path
    retention_time: str
    retention_size: str
    log_level: str
    user: str = ""


@dataclasses.dataclass(frozen=True)
class Retire:
    """Have nothing running."""


Step = Install | Secure | Admit | Configure | Serve | Retire


@dataclasses.dataclass(frozen=True)
class Files:
    """The places of the configuration below the unit's `etc`."""

    etc: Path

    @property
    def config(self) -> Path:
        """prometheus.yml."""
        return self.etc / "prometheus.yml"

    @property
    def rules(self) -> Path:
        """One rule file per relation."""
        return self.etc / "rules"

    @property
    def source_certificates(self) -> Path:
        """PEM files that scrape jobs refer to."""
        return self.etc / "sources"

    @property
    def web(self) -> Path:
        """Who is let in, while the address is http."""
        return self.etc / "web.yml"

    @property
    def web_tls(self) -> Path:
        """The same and the certificate, while it is https: Prometheus starts anew for a scheme."""
        return self.etc / "web-tls.yml"

    def password(self, user: str) -> Path:
        """The password of a user that this application is itself."""
        return self.etc / f"password-{user}"

    @property
    def identity(self) -> IdentityFiles:
        """The certificate that Prometheus presents, its key, and the CA by which it is trusted."""
        return IdentityFiles(self.etc, "web")


def plan(observed: Observed) -> tuple[Step, ...]:
    """What has to be so, in order; nothing while facts are missing, so that what runs runs on."""
    if observed.leaving.unit or observed.leaving.storage:
        return (Retire(),)
    config = observed.config
    if config is None or observed.data is None:
        return ()
    install = Install(observed.archive)
    configure, admit = _configure(observed, config), _admit(observed)
    if observed.awaits_accounts:
        return (install, configure)
    if observed.awaits_certificate:
        # What serves keeps serving as it does; nothing starts without the protection asked for.
        return (install, admit, configure)
    serve = _serve(observed, config, observed.data)
    return (install, Secure(observed.certificate), admit, configure, serve)


def _admit(observed: Observed) -> Admit:
    """Who is let in."""
    holder = observed.accounts.holders.get(OWN)
    if observed.own_account is None or holder is None:
        return Admit()
    own = {each.user: each.password for each in (holder.now, holder.old) if each}
    return Admit(observed.accounts.users, own)


def _configure(observed: Observed, config: Config) -> Configure:
    """Everything that prometheus.yml and the rule files follow from."""
    files = Files(observed.paths.etc)
    labels = {**observed.topology.labels, "juju_unit": observed.topology.unit}
    wanted = (*observed.remote_write, config.remote_write_url)
    tuning = Tuning(
        scrape_interval=config.scrape_interval,
        external_labels=labels,
        remote_write=tuple(dict.fromkeys(url for url in wanted if url)),
        rule_files=(str(files.rules / "*.yml"),),
        own_target=f"{observed.address}:{config.port}",
        own_labels=labels,
        own_ca=files.identity.ca if observed.certificate else None,
        own_user=observed.user,
        own_password=files.password(observed.user) if observed.user else None,
    )
    own = own_source(observed.topology.application, _own_rules(observed, labels, config.port))
    related = sources(observed.sources, files.source_certificates)
    return Configure(tuning, (own, *related))


def _own_rules(observed: Observed, labels: Mapping[str, str], port: int) -> Mapping[str, Any]:
    """Those of this charm, and until when the certificate is good that is served."""
    if observed.certificate is None:
        return observed.own_rules
    told = expiry_rules(labels, {WEB: port}, observed.certificate.leaf.not_after)
    return {"groups": [*observed.own_rules.get("groups", ()), told]}


def _serve(observed: Observed, config: Config, data: Path) -> Serve:
    """How the process runs."""
    return Serve(
        address=observed.address,
        port=config.port,
        https=observed.certificate is not None,
        data=data,
        retention_time=config.retention_time,
        retention_size=config.retention_size,
        log_level=config.log_level,
        user=observed.user,
    )
