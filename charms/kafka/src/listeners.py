# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What stands in the broker's files: listeners, security, replication. Pure text."""

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path

import jinja2

CLIENT_PORT = 9093
INTERNAL_PORT = 19093
CONTROLLER_PORT = 9097
METRICS_PORT = 9101

# Those that serve the unit's certificate; the latter two want one of whoever comes.
LISTENERS = {"client": CLIENT_PORT, "internal": INTERNAL_PORT, "controller": CONTROLLER_PORT}
PORTS = (*LISTENERS.values(), METRICS_PORT)

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=False,  # noqa: S701  properties and YAML, not HTML
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclasses.dataclass(frozen=True)
class Replication:
    """How many copies a new topic gets, and how many must have a record before it counts."""

    copies: int
    in_sync: int

    @classmethod
    def of(cls, brokers: int) -> "Replication":
        """What that many brokers can carry while one of them is down."""
        copies = max(1, min(brokers, 3))
        return cls(copies=copies, in_sync=max(1, copies - 1))


@dataclasses.dataclass(frozen=True)
class Settings:
    """Everything that the broker's files depend on.

    Attributes:
        node_id: the unit's number.
        app: the application's name: certificates of its units are `CN=<app>-<number>`.
        address: where all listeners are bound.
        controllers: addresses of nodes to find the quorum at.
        data: the directory of log segments.
        etc: the directory of the files themselves.
        log: the directory of the broker's own log.
    """

    node_id: int
    app: str
    address: str
    controllers: tuple[str, ...]
    data: Path
    etc: Path
    log: Path
    replication: Replication
    default_partitions: int
    auto_create_topics: bool
    log_retention_hours: int
    max_reauth_seconds: int

    @property
    def superuser(self) -> str:
        """The one principal of all brokers of this application."""
        return f"{self.app}-broker"


def files(settings: Settings, proved: Mapping[str, float] | None = None) -> dict[str, str]:
    """The broker's configuration files, by name.

    Args:
        settings: what they depend on.
        proved: by listener, when the certificate expires that it was seen to serve (Unix
            seconds): Prometheus learns it. A running broker follows without a restart.
    """
    values = {
        "proved": {name: (LISTENERS[name], f"{at:.0f}") for name, at in (proved or {}).items()},
        "s": settings,
        "client_port": CLIENT_PORT,
        "internal_port": INTERNAL_PORT,
        "controller_port": CONTROLLER_PORT,
    }
    names = ("server.properties", "admin.properties", "log4j2.properties", "jmx.yaml")
    return {name: _TEMPLATES.get_template(f"{name}.j2").render(values) for name in names}


def fingerprint(settings: Settings, heap: str) -> str:
    """Changes exactly when a running broker has to be restarted to follow its settings.

    Where the quorum is found matters only while a process starts, so it is left out.
    """
    fixed = files(dataclasses.replace(settings, controllers=()))
    text = "\0".join([heap, *(fixed[name] for name in sorted(fixed))])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
