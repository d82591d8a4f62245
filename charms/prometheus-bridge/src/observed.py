# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The facts that everything else follows from, read once per hook into frozen values."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import ops
import pydantic

from accounts import OWN, Account, Accounts
from dataops import given
from dataops.certificates import Identity, TlsState
from dataops.host.network import address
from dataops.host.paths import UnitPaths
from dataops.interfaces.alert_rules import load_alert_rules
from dataops.interfaces.prometheus_remote_write import RemoteWriteRequirer
from dataops.interfaces.prometheus_scrape import MetricsConsumer, ScrapeSource
from dataops.interfaces.s3 import S3Requirer, store_of
from dataops.interfaces.topology import Topology
from dataops.objectstore import Directory
from dataops.reconciler import Leaving

if TYPE_CHECKING:
    from dataops.objectstore import Target

OWN_RULES = "src/prometheus_alert_rules"
S3 = "s3"

_DURATION = re.compile(r"([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?")
_SIZE = re.compile(r"[1-9][0-9]*(B|KB|MB|GB|TB|PB|EB)")


def _duration(text: str) -> str:
    """A positive duration in Prometheus' spelling."""
    if not _DURATION.fullmatch(text) or not re.search("[1-9]", text):
        raise ValueError("give a duration such as 15s, 5m or 30d")
    return text


def _size(text: str) -> str:
    """A size in Prometheus' spelling, or nothing."""
    if text and not _SIZE.fullmatch(text):
        raise ValueError("give a size such as 512MB or 20GB, or leave it empty")
    return text


def _http_url(text: str) -> str:
    """An http or https address, or nothing."""
    if text:
        try:
            pydantic.TypeAdapter(pydantic.AnyHttpUrl).validate_python(text)
        except pydantic.ValidationError:
            raise ValueError("give an address such as https://mimir.example/api/v1/push") from None
    return text


Duration = Annotated[str, pydantic.AfterValidator(_duration)]
Size = Annotated[str, pydantic.AfterValidator(_size)]
HttpUrl = Annotated[str, pydantic.AfterValidator(_http_url)]


class Config(pydantic.BaseModel):
    """The options of the charm."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    scrape_interval: Duration = "15s"
    retention_time: Duration = "15d"
    retention_size: Size = ""
    remote_write_url: HttpUrl = ""
    log_level: Literal["debug", "info", "warn", "error"] = "info"
    require_password: bool = True
    port: Annotated[int, pydantic.Field(ge=1, le=65535)] = 9090
    backup_directory: Directory = ""


@dataclasses.dataclass(frozen=True)
class Observed:
    """The world as this unit sees it.

    Attributes:
        topology: Of this unit.
        address: Where it listens, IPv4 text.
        paths: Where its files lie.
        config: The options; None while one of them is not usable.
        config_problems: One line per unusable option.
        sources: What to scrape.
        remote_write: Addresses from relations, in order.
        data: The storage; None while it is not attached.
        archive: The attached resource; None when there is none.
        tls: How it stands with the certificate of this unit.
        accounts: Who may ask Prometheus; none before the leader has made them.
        leader: Whether this unit leads.
        store: Where backups go; None when there is no place for them.
        store_trouble: Why there is none although there should be one; empty else.
        own_rules: The alert rules that this charm brings itself, about everything it scrapes.
        leaving: What this event takes away.
    """

    topology: Topology
    address: str
    paths: UnitPaths
    config: Config | None = None
    config_problems: tuple[str, ...] = ()
    sources: tuple[ScrapeSource, ...] = ()
    remote_write: tuple[str, ...] = ()
    data: Path | None = None
    archive: Path | None = None
    tls: TlsState = dataclasses.field(default_factory=TlsState)
    accounts: Accounts = dataclasses.field(default_factory=Accounts)
    leader: bool = False
    store: Target | None = None
    store_trouble: str = ""
    own_rules: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    leaving: Leaving = dataclasses.field(default_factory=Leaving)

    @classmethod
    def read(
        cls,
        charm: ops.CharmBase,
        tls: TlsState,
        accounts: Accounts,
        leaving: Leaving | None = None,
    ) -> Observed:
        """Reads Juju once."""
        config, problems = given.options(charm, Config)
        remote_write = RemoteWriteRequirer(charm, "send-remote-write")
        directory = config.backup_directory if config else ""
        store, store_trouble = store_of(S3Requirer(charm, S3), directory)
        return cls(
            topology=Topology.of(charm),
            address=address(charm, "query"),
            paths=UnitPaths.of(charm),
            config=config,
            config_problems=problems,
            sources=MetricsConsumer(charm, "monitoring").sources(),
            remote_write=tuple(target.url for target in remote_write.targets()),
            data=given.storage(charm),
            archive=given.resource(charm, "prometheus"),
            tls=tls,
            accounts=accounts,
            leader=charm.unit.is_leader(),
            store=store,
            store_trouble=store_trouble,
            own_rules=load_alert_rules(charm.charm_dir / OWN_RULES),
            leaving=leaving or Leaving(),
        )

    def knowing(self, accounts: Accounts) -> Observed:
        """The same facts with other accounts."""
        return dataclasses.replace(self, accounts=accounts)

    @property
    def certificate(self) -> Identity | None:
        """The certificate to serve: the last good one, while there is no better."""
        return self.tls.identity

    @property
    def url(self) -> str:
        """The address of the API, as it is once the plan is applied."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{self.address}:{self.config.port if self.config else 9090}"

    @property
    def own_account(self) -> Account | None:
        """As whom this application asks its own Prometheus; None while nobody has to log in."""
        wanted = self.config is None or self.config.require_password
        return self.accounts.of(OWN) if wanted else None

    @property
    def user(self) -> str:
        """The user of `own_account`; empty without one."""
        return self.own_account.user if self.own_account else ""

    @property
    def awaits_accounts(self) -> bool:
        """Whether logins are asked for and the leader has not made any yet."""
        return bool(self.config and self.config.require_password) and not self.accounts.holders

    @property
    def awaits_certificate(self) -> bool:
        """Whether https is asked for and cannot be had yet."""
        return self.tls.awaited
