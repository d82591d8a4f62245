# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What stands in the broker's files: listeners, security, replication. Pure text."""

import dataclasses
import hashlib
import string
from collections.abc import Mapping
from pathlib import Path

CLIENT_PORT = 9093
INTERNAL_PORT = 19093
CONTROLLER_PORT = 9097
METRICS_PORT = 9101

# Those that serve the unit's certificate; the latter two want one of whoever comes.
LISTENERS = {"client": CLIENT_PORT, "internal": INTERNAL_PORT, "controller": CONTROLLER_PORT}
PORTS = (*LISTENERS.values(), METRICS_PORT)

# Every hook compares these files with what they should be: a template engine would take a tenth of
# its time.
# Attributes of a bean of every broker that no rule makes anything of: each can carry a gauge.
_UNUSED = ("MeanRate", "FifteenMinuteRate")
_TEMPLATES = Path(__file__).parent / "templates"


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


def files(
    settings: Settings,
    proved: Mapping[str, float] | None = None,
    gauges: Mapping[str, float] | None = None,
) -> dict[str, str]:
    """The broker's configuration files, by name.

    Args:
        settings: what they depend on.
        proved: by listener, when the certificate expires that it was seen to serve (Unix
            seconds): Prometheus learns it. A running broker follows without a restart.
        gauges: what else Prometheus learns here, by name: what the charm alone knows.
    """
    values = {
        **vars(settings),
        "superuser": settings.superuser,
        "names": _names(settings.app),
        "quorum": ",".join(f"{one}:{CONTROLLER_PORT}" for one in settings.controllers),
        "max_reauth_ms": settings.max_reauth_seconds * 1000,
        "auto_create_topics": "true" if settings.auto_create_topics else "false",
        "copies": settings.replication.copies,
        "in_sync": settings.replication.in_sync,
        "client_port": CLIENT_PORT,
        "internal_port": INTERNAL_PORT,
        "controller_port": CONTROLLER_PORT,
    }
    names = ("server.properties", "admin.properties", "log4j2.properties")
    return {
        **{name: _filled(name, values) for name in names},
        "jmx.yaml": _jmx(proved or {}, gauges or {}),
    }


def _filled(name: str, values: Mapping[str, object]) -> str:
    return string.Template((_TEMPLATES / name).read_text()).substitute(values)


def _jmx(proved: Mapping[str, float], gauges: Mapping[str, float]) -> str:
    """What Prometheus gets, with a rule for each listener whose certificate was proved."""
    told = "".join(
        _filled("jmx-gauge.yaml", {"attribute": attribute, "name": name, "value": f"{value:.0f}"})
        for attribute, (name, value) in zip(_UNUSED, sorted(gauges.items()), strict=False)
    )
    rules = "".join(
        _filled(
            "jmx-certificate.yaml",
            {
                "listener": name.upper(),
                "name": name,
                "port": LISTENERS[name],
                "expires": f"{at:.0f}",
            },
        )
        for name, at in proved.items()
    )
    return (_TEMPLATES / "jmx.yaml").read_text().replace("rules:\n", f"rules:\n{told}{rules}", 1)


def _names(app: str) -> str:
    """The names in certificates of this application's brokers, as a pattern."""
    # Some authorities and libraries put a unique identifier before the name. No backslashes: both
    # Kafka's rules and properties files read them as escapes.
    return f"^(2[.]5[.]4[.]45=#[0-9a-f]+,)?CN={app}-[0-9]+(,.*)?$"


def fingerprint(settings: Settings, heap: str) -> str:
    """Changes exactly when a running broker has to be restarted to follow its settings.

    Where the quorum is found matters only while a process starts, so it is left out.
    """
    fixed = files(dataclasses.replace(settings, controllers=()))
    text = "\0".join([heap, *(fixed[name] for name in sorted(fixed))])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
