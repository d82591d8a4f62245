# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The deployed pipeline as its users reach it: `juju`, and a customer's credentials."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import jubilant

ROOT = Path(__file__).resolve().parent.parent.parent
MODEL = "dataops"
BUNDLE = ROOT / "bundles" / "dataops.yaml"
SMALL = ROOT / "bundles" / "overlays" / "small.yaml"


@dataclass(frozen=True)
class Credentials:
    """What `get-credentials` of data-access answers; `ca` is PEM text, empty without TLS."""

    endpoints: str
    username: str
    password: str = field(repr=False)
    ca: str = field(repr=False)
    topic: str
    group: str

    def client(self) -> dict[str, str | int | float | bool]:
        """The settings of a librdkafka client, which speaks up only when something is lost."""
        security = {"security.protocol": "SASL_SSL", "ssl.ca.pem": self.ca} if self.ca else {}
        return {
            "bootstrap.servers": self.endpoints,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            # Errors reach the caller by themselves; reconnections at the end of a run are none.
            "log_level": 2,
            "sasl.username": self.username,
            "sasl.password": self.password,
            **security,
        }


def juju(binary: Path = ROOT / ".venv" / "bin" / "juju") -> jubilant.Juju:
    """The `juju` of this repository, on the demo's model."""
    return jubilant.Juju(model=MODEL, cli_binary=str(binary))


def deployed(client: jubilant.Juju) -> bool:
    """Whether the model already holds every application of the bundle."""
    try:
        applications = client.status().apps
    except jubilant.CLIError:
        return False
    return {"kafka", "spark", "prometheus", "day2", "results"} <= set(applications)


def deploy(client: jubilant.Juju, *, small: bool) -> None:
    """Make the model and deploy the bundle; what is already there stays as it is."""
    try:
        client.status()
    except jubilant.CLIError:
        client.cli("add-model", MODEL, include_model=False)
    overlay = ["--overlay", str(SMALL)] if small else []
    print(client.cli("deploy", str(BUNDLE), *overlay), end="")


def credentials(client: jubilant.Juju, application: str) -> Credentials:
    """A customer's credentials, as data-access hands them out."""
    unit = next(iter(client.status().apps[application].units))
    kafka = client.run(unit, "get-credentials").results["kafka"]
    return Credentials(
        endpoints=kafka["endpoints"],
        username=kafka["username"],
        password=kafka["password"],
        ca=kafka.get("tls-ca", ""),
        topic=kafka["topic"],
        group=kafka.get("consumer-group-prefix", "") + "demo",
    )


def prometheus(client: jubilant.Juju) -> tuple[str, tuple[str, str]]:
    """Where Prometheus answers, and the user and password to ask as."""
    told = client.run("prometheus/leader", "get-credentials").results
    return told["url"], (told["username"], told["password"])


def addresses(client: jubilant.Juju) -> dict[str, str]:
    """The address of every interface that a person can open in a browser."""
    status = client.status()

    def url(application: str, port: int) -> str:
        units = status.apps[application].units
        leader = next((u for u in units.values() if u.leader), next(iter(units.values())))
        # With a certificate Spark serves its pages at another port, which its units then open.
        secure = f"{port + 400}/tcp" in leader.open_ports
        where = f"{leader.public_address}:{port + 400 if secure else port}"
        return f"{'https' if secure else 'http'}://{where}"

    return {
        "Prometheus": url("prometheus", 9090),
        "Spark master": url("spark", 8080),
        "Spark history": url("spark", 18080),
    }
