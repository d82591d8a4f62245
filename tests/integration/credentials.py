# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every credential of a model, a change of them under load, and whether the old ones are dead."""

from __future__ import annotations

import datetime
import json
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jubilant
import requests
from confluent_kafka import KafkaError, KafkaException, Producer

from dataops.evidence import Evidence, Phase
from dataops.objectstore import Refused, StoreError, Target, open_store
from tests.integration import leaks
from tests.integration.clients import Reader, Writer, nothing_lost, read_all
from tests.integration.operations import begin, ended, shown
from tests.integration.processes import eventually
from tools.demo import pipeline

# Certificates and reports have keys of their own, which are renewed by other operations, or never.
_OTHERS = ("private-key", "signing-key", "token")


def held(model: jubilant.Juju) -> dict[str, str]:
    """Every password, shared secret and key that the model keeps, by a name for people."""
    return {
        name: value for name, value in leaks.secrets(model).items() if not name.endswith(_OTHERS)
    }


def survivors(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of those that are the same as before."""
    kept = set(after.values())
    return sorted(name for name, value in before.items() if value in kept)


def logins(model: jubilant.Juju) -> dict[str, str]:
    """The passwords of all users of Kafka that clients were given, by user."""
    return {
        content["username"]: content["password"]
        for label, content in _contents(model)
        if label.startswith("kafka-client.") and "password" in content
    }


def visitors(model: jubilant.Juju) -> dict[str, str]:
    """The passwords of everybody who may ask Prometheus, by user."""
    for label, content in _contents(model):
        if label == "web-accounts":
            holders: dict[str, Any] = json.loads(content["accounts"])["holders"]
            return {one["now"]["user"]: one["now"]["password"] for one in holders.values()}
    raise AssertionError("nobody may ask Prometheus")


def stores(model: jubilant.Juju) -> list[Target]:
    """The object store as each of its users reaches it."""
    access = model.run("object-storage/leader", "get-credentials").results["s3"]
    (content,) = (content for label, content in _contents(model) if label == "keys")
    owners = [name.removesuffix("-access") for name in content if name.endswith("-access")]
    return [
        Target.model_validate(
            {
                "kind": "s3",
                "bucket": access["bucket"],
                "endpoint": access["endpoint"],
                "access_key": content[f"{owner}-access"],
                "secret_key": content[f"{owner}-secret"],
                "ca_chain": (access["tls-ca"],) if "tls-ca" in access else (),
            }
        )
        for owner in owners
    ]


def _contents(model: jubilant.Juju) -> Iterator[tuple[str, dict[str, str]]]:
    """Label and content of each secret."""
    for secret in model.secrets():
        content = model.show_secret(secret.uri, reveal=True).content
        yield secret.label or "", dict(content or {})


def login(access: pipeline.Credentials) -> KafkaError | None:
    """Why the brokers refuse these credentials; None when they take them."""
    told: list[KafkaError] = []
    client = Producer({**access.client(), "error_cb": told.append})
    answered = eventually(lambda: _asked(client) or told, 30, "the brokers say yes or no")
    return None if answered is True else told[0]


def _asked(client: Producer) -> bool:
    """Whether the brokers answer; why they do not is told to `error_cb`."""
    try:
        client.list_topics(timeout=2)
    except KafkaException:
        client.poll(0)
        return False
    return True


def takes(target: Target) -> bool:
    """Whether the store takes these keys."""

    def asked() -> str | None:
        try:
            open_store(target, patience=datetime.timedelta(milliseconds=300)).head("any")
        except Refused:
            return "no"
        except StoreError:
            return None
        return "yes"

    return eventually(asked, 30, "the store says yes or no") == "yes"


def asks(url: str, user: str, password: str, ca: Path | None = None) -> int:
    """How Prometheus answers whoever asks so: the status code."""
    answer = requests.get(
        f"{url}/api/v1/query",
        {"query": "up"},
        auth=(user, password),
        timeout=10,
        verify=str(ca) if ca else True,
    )
    return answer.status_code


def busy(model: jubilant.Juju, users: set[str]) -> dict[str, float]:
    """Which of these users any broker still does something for, as its metrics tell."""
    metric = "kafka_server_user_request_time_percent"
    found: dict[str, float] = {}
    for unit in model.status().apps["kafka"].units.values():
        url = f"http://{unit.public_address}:9101/metrics?name[]={metric}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            lines = answer.read().decode().splitlines()
        for line in lines:
            for user in users:
                if line.startswith(metric) and f'user="{user}"' in line:
                    found[user] = max(found.get(user, 0.0), float(line.rpartition(" ")[2]))
    return {user: value for user, value in found.items() if value}


def followed(
    model: jubilant.Juju, customer: str, before: pipeline.Credentials, patience: float
) -> tuple[dict[str, Any], pipeline.Credentials]:
    """A change of all credentials, under a writer and a reader who follow.

    Args:
        model: the model.
        customer: the application whose credentials the customer has.
        before: what these are now.
        patience: seconds for the whole of it.

    Returns:
        What the operation said at its end, and the new credentials.
    """
    there = read_all(before)
    # What was just deployed may still be starting, and the operation begins with a look at it.
    eventually(
        lambda: ended(model, begin(model, "health-check"))["status"] == "completed",
        patience,
        "all is well",
        pause=2,
    )
    with Reader(before) as early, Writer(before, first=10_000_000) as old:
        old.progress(200)
        number = begin(model, "rotate-passwords", quiet=3)

        def given() -> tuple[pipeline.Credentials, dict[str, Any]] | None:
            told = shown(model, number)
            new = pipeline.credentials(model, customer)
            return (new, told) if new != before or "finished" in told else None

        after, told = eventually(given, patience, "the customer is given new credentials")
        assert "finished" not in told, told
        assert after.username != before.username and after.group == before.group
        # The old ones hold as long as somebody works with them, and the operation says who.
        eventually(
            lambda: before.username in json.dumps(shown(model, number)),
            patience,
            "it says what it waits for",
        )
        old.progress(200)
        assert login(before) is None
        early.__exit__(None, None, None)
        with Reader(after) as late, Writer(after, first=20_000_000) as new:
            new.progress(100)
            old.__exit__(None, None, None)
            told = ended(model, number, patience)
            assert told["status"] == "completed", told
            new.progress(100)
            new.__exit__(None, None, None)
            wanted = there + old.acknowledged + new.acknowledged
            eventually(
                lambda: (early.seen + late.seen).total() >= wanted.total(), 60, "all is read"
            )
    assert not early.failed and not late.failed
    assert early.seen + late.seen == wanted, "lost or read twice"
    seen = read_all(after)
    nothing_lost(old, seen)
    nothing_lost(new, seen)
    return told, after


def nobody_else_felt_it(told: dict[str, Any]) -> None:
    """What the canary counted."""
    seen = Evidence.model_validate_json(told["evidence"])
    bad = (seen.failed, seen.lost, seen.duplicated, seen.reordered)
    assert not any(bad), told["canary"]
    assert seen.of(Phase.DURING).acknowledged > 100, told["canary"]
