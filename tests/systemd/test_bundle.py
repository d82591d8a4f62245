# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole bundle where Juju would put it: machines that systemd boots, and no registry.

By name and as root, forty minutes; archives and image are built the first time:

    sudo .venv/bin/pytest tests/systemd/test_bundle.py
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jubilant
import pandas as pd
import pytest
import yaml
from confluent_kafka import Producer

from tests.integration.operations import DAY2, begin, ended, shown
from tests.integration.processes import eventually
from tests.systemd.conftest import BIN, onebox
from tools import pack, resources
from tools.demo import feed, flights, pipeline, results

ROOT = pack.ROOT
OVERLAYS = ("backup", "air-gap")
# Two units of different charms share a machine, as on a site that counts its machines.
PLACES = {
    "kafka": [0, 1, 2],
    "spark": [3],
    "prometheus": [4],
    "object-storage": [4],
    "certificates": [5],
    "day2": [5],
    "data-access": [5],
    "results": [5],
}
USERS = {
    "kafka": "kafka",
    "spark": "spark",
    "prometheus": "prometheus",
    "object-storage": "s3proxy",
}
END = "2013-01-08T05:00:00Z"
# Seconds for an operation: rotating passwords waits for every client, one broker after the other.
PATIENCE = 1200


@pytest.fixture(scope="module")
def archives() -> Path:
    """What the charms take instead of the registries; built once."""
    for name in resources.RESOURCES:
        if not (resources.OUTPUT / f"{name}.tar.gz").exists():
            resources.build(name, resources.OUTPUT)
    return resources.OUTPUT


@pytest.fixture(scope="module")
def model(
    home: Path, archives: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[jubilant.Juju]:
    """The bundle, deployed and settled."""
    subprocess.run([sys.executable, ROOT / "tools" / "pack.py"], check=True)
    client = jubilant.Juju(cli_binary=str(BIN / "juju"), wait_timeout=1200)
    config = {"machine-backend": "nspawn", "machine-packages": "openjdk-17-jre-headless"}
    client.add_model("whole", config=config)
    deploy(client, archives, tmp_path_factory.mktemp("overlay") / "places.yaml")
    settled(client, 900)
    yield client
    client.destroy_model("whole", destroy_storage=True, force=True, timeout=600)


def deploy(juju: jubilant.Juju, archives: Path, places: Path) -> None:
    """The bundle with its overlays, each unit where `PLACES` says."""
    machines = {str(number): None for number in range(6)}
    applications = {
        name: {"to": [str(number) for number in numbers]} for name, numbers in PLACES.items()
    }
    places.write_text(yaml.safe_dump({"machines": machines, "applications": applications}))
    overlays = [str(ROOT / "bundles" / "overlays" / f"{name}.yaml") for name in OVERLAYS]
    words = [word for path in (*overlays, str(places)) for word in ("--overlay", path)]
    juju.cli("deploy", str(ROOT / "bundles" / "dataops.yaml"), *words)
    juju.cli("attach-resource", "object-storage", f"s3proxy={archives / 's3proxy.tar.gz'}")


def settled(juju: jubilant.Juju, patience: float = 300) -> None:
    """Wait until every application is active and has nothing to do."""
    juju.wait(
        lambda s: jubilant.all_active(s) and jubilant.all_agents_idle(s),
        error=jubilant.any_error,
        timeout=patience,
        delay=2,
    )


def on(juju: jubilant.Juju, where: str, command: str) -> str:
    """What a shell of a unit's machine, or of a machine, prints."""
    return juju.cli("ssh", where, command).strip()


def units(juju: jubilant.Juju) -> dict[str, str]:
    """The machine of every unit."""
    apps = juju.status().apps.values()
    return {name: unit.machine for app in apps for name, unit in app.units.items()}


def events() -> pd.DataFrame:
    """A week of flights."""
    frame = flights.load()
    return frame[frame["event_time"] < END].reset_index(drop=True)


def first_events(juju: jubilant.Juju, number: int = 3000) -> None:
    """Send so many of them, as a customer with credentials from data-access."""
    access = pipeline.credentials(juju, "data-access")
    producer = Producer({**access.client(), "enable.idempotence": True})
    failed: list[object] = []
    for event in itertools.islice(flights.events(events(), feed.partitions(access)), number):
        producer.produce(
            access.topic, event.value, event.key, event.partition,
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )  # fmt: skip
    assert producer.flush(60) == 0 and not failed


def all_events_arrive(juju: jubilant.Juju) -> None:
    """Send the others, and find every figure that can be computed from all of them."""
    source, sink = (pipeline.credentials(juju, name) for name in ("data-access", "results"))
    count = feed.partitions(source)
    feed.feed(source, events(), feed.lengths(source, count), lambda _: None)
    expected = flights.hourly(events())
    found, records, _ = results.read(sink, len(expected), 180, lambda _: None)
    verdict = results.compare(found, expected, records)
    assert verdict.agrees, verdict


def done(juju: jubilant.Juju, action: str, **params: object) -> dict[str, object]:
    """What an operation said at its end, which has to be a good one."""
    told = ended(juju, begin(juju, action, **params), PATIENCE)
    assert told["status"] == "completed", json.dumps(told, indent=1)
    return told


def well(juju: jubilant.Juju) -> None:
    """Wait until a health-check finds nothing: a job of Spark takes its time to start."""
    eventually(lambda: done(juju, "health-check"), PATIENCE, "everything is well")


def services(juju: jubilant.Juju, unit: str) -> dict[str, str]:
    """The units of systemd that a unit of Juju has, and whether each is active."""
    pattern = f"dataops-{unit.replace('/', '-')}-*"
    printed = on(juju, unit, f"systemctl list-units --all --plain --no-legend '{pattern}'")
    lines = [line.split() for line in printed.splitlines()]
    return {line[0]: line[2] for line in lines}


def traces(juju: jubilant.Juju, machine: str, unit: str, user: str = "") -> str:
    """What a machine has of a unit: unit files, directories, processes, and files of its user."""
    name = unit.replace("/", "-")
    look = [
        f"ls -d /etc/systemd/system/dataops-{name}-* /etc/systemd/system/*/dataops-{name}-*",
        f"ls -d /var/lib/juju/agents/unit-{name} /var/lib/juju/tools/unit-{name}",
        f"grep -lsz JUJU_UNIT_NAME={unit}$ /proc/[0-9]*/environ",
    ]
    if user:
        # What is in a storage stays with Juju, which leaves a destroyed one of this kind in place.
        places = "/ /tmp /var/tmp /dev/shm -xdev -path /var/lib/juju/storage -prune -o"
        look += [f"pgrep -u {user}", f"find {places} -user {user} -print"]
    return on(juju, machine, f"( {'; '.join(look)} ) 2>/dev/null || true")


def test_systemd_keeps_everything_and_no_workload_is_root(model: jubilant.Juju) -> None:
    for application, user in USERS.items():
        for number, machine in enumerate(PLACES[application]):
            unit = f"{application}/{number}"
            assert "active" in services(model, unit).values(), unit
            who = on(model, str(machine), f"pgrep -u {user} -c .")
            assert int(who) > 0, f"nothing runs as {user} on machine {machine}"
    for machine in range(6):
        roots = on(model, str(machine), "pgrep -u root -l java || true")
        assert roots == "", f"machine {machine}: {roots}"
        failed = on(model, str(machine), "systemctl --failed --plain --no-legend")
        assert failed == "", failed


def test_the_job_reads_what_a_customer_writes(model: jubilant.Juju) -> None:
    first_events(model)

    def read() -> bool:
        told = json.dumps(model.run("spark/0", "list-jobs").results)
        return '"lag": "0"' in told and '"batch": "-1"' not in told

    eventually(read, 180, "the job has read everything")


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("health-check", {}),
        ("list-certificates", {}),
        ("rotate-passwords", {"quiet": 3}),
        ("renew-certificates", {}),
        ("create-backup", {"pace": 0}),
        ("verify-backup", {}),
        ("dr-drill", {}),
        ("snapshot", {}),
        ("performance-report", {"rounds": 5, "window": "5m"}),
        ("failover", {"unit": "kafka/0", "mode": "planned"}),
        ("failover", {"unit": "kafka/1", "mode": "crash"}),
        ("failover", {"unit": "spark/0", "mode": "planned"}),
        ("failover", {"unit": "spark/0", "mode": "crash"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())),
)
def test_operation(model: jubilant.Juju, action: str, params: dict[str, object]) -> None:
    done(model, action, **params)


def test_another_root_is_trusted_once_somebody_approves(model: jubilant.Juju) -> None:
    number = begin(model, "replace-ca")
    asked = "approve-operation"

    def waits() -> bool:
        told = shown(model, number)
        return asked in told.get("next-command", "") or "finished" in told

    eventually(waits, PATIENCE, asked)
    model.run(DAY2, asked, {"id": int(number), "step": "finish"})
    told = ended(model, number, PATIENCE)
    assert told["status"] == "completed", json.dumps(told, indent=1)


def test_machines_come_back_with_everything_that_ran_on_them(model: jubilant.Juju) -> None:
    before = {unit: set(services(model, unit)) for unit in units(model)}
    for machine in ("0", "3", "4", "5"):
        onebox("machine", "stop", machine, "-m", "whole")
    for machine in ("0", "3", "4", "5"):
        onebox("machine", "start", machine, "-m", "whole")
    settled(model)
    for unit in ("kafka/0", "spark/0", "prometheus/0", "object-storage/0"):
        lasting = {name for name in before[unit] if "-wake" not in name and "-work-" not in name}
        eventually(
            lambda u=unit, n=lasting: {services(model, u).get(one) for one in n} == {"active"},
            120,
            f"all of {unit} runs",
        )
    well(model)


def test_a_machine_that_is_told_to_reboot_does_as_well(model: jubilant.Juju) -> None:
    booted = "systemctl show --property=UserspaceTimestamp"
    before = on(model, "1", booted)
    on(model, "1", "systemd-run --quiet --on-active=1 systemctl reboot")
    eventually(
        lambda: on(model, "1", booted) != before,
        120,
        "it has booted",
    )
    settled(model)
    well(model)


def test_a_refresh_disturbs_nothing(model: jubilant.Juju) -> None:
    before = on(model, "kafka/1", "systemctl show -P MainPID dataops-kafka-1-broker")
    for name in sorted(path.parent.name for path in (ROOT / "charms").glob("*/charmcraft.yaml")):
        path = str(ROOT / "charms" / name / f"{name}_amd64.charm")
        known = {"prometheus-bridge": ["prometheus"], "data-access": ["data-access", "results"]}
        for application in known.get(name, [name]):
            model.refresh(application, path=path)
    settled(model)
    assert on(model, "kafka/1", "systemctl show -P MainPID dataops-kafka-1-broker") == before
    well(model)


def test_a_broker_goes_another_comes_and_nothing_of_it_is_left(model: jubilant.Juju) -> None:
    model.add_unit("kafka", to="4")
    settled(model)
    model.remove_unit("kafka/3", destroy_storage=True)
    model.wait(lambda s: "kafka/3" not in s.apps["kafka"].units, timeout=300)
    settled(model)
    assert traces(model, "4", "kafka/3", "kafka") == ""
    well(model)


def test_every_event_arrived_through_all_of_this(model: jubilant.Juju) -> None:
    all_events_arrive(model)


def test_a_backup_takes_the_place_of_everything(model: jubilant.Juju) -> None:
    done(model, "create-backup", pace=0)
    done(model, "restore", confirm="kafka")
    all_events_arrive(model)


def test_an_application_that_goes_leaves_nothing_behind(model: jubilant.Juju) -> None:
    model.remove_application("object-storage", destroy_storage=True)
    model.wait(lambda s: "object-storage" not in s.apps, timeout=300)
    assert traces(model, "4", "object-storage/0", "s3proxy") == ""
    assert on(model, "4", "systemctl is-active dataops-prometheus-0-prometheus") == "active"
