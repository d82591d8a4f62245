# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From `juju deploy` to the first record out: `python -m tests.benchmarks.deploy [ROUNDS]`.

The whole bundle with one Kafka unit, from the command to the first record of `flights-hourly` in
the hands of a reader, against a plain script that starts the same processes with the same
configuration files by hand, lets the same users in, and feeds the same flights to the same job.

Packages are already present for both: a first deployment, which is not counted, installs them as
any deployment does; its programs are then linked to where the next deployment looks for them, so
that its install hooks run and find nothing to do, and the plain script starts the very same
files. What the first deployment took, with its installation, is printed beside. Each round
deploys into a fresh model, then stops the engine and ends every process, empties all data
directories, and starts by hand what had run there. The script does not wait where it need not:
Spark's daemons start while the broker does. Before each deployment it waits until the file system
takes the inodes that the last one has given back: a user has none to wait for. Unlike the bundle
it needs no certificates, no credentials and no day2: that is what is compared.

Prints one JSON line with the seconds of each and the median ratio, and fails beyond the limit. The
CPU seconds of each (engine, hooks and workloads) stand beside: other work on the machine stretches
the seconds of both, and those hardly.
"""

from __future__ import annotations

import configparser
import contextlib
import json
import os
import re
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psutil
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from onebox import processes
from onebox.client import Client
from onebox.home import Home
from tests.benchmarks import kafka_by_hand
from tests.benchmarks.own_engine import onebox, own_engine, units, wait_active
from tools.demo import feed, flights, pipeline, results

LIMIT = 1.5
ROUNDS = 3
FLIGHTS = 500
PATIENCE = 300.0
# ext4 takes no inode again for a minute, but looks at each: 15,000 files then cost twice the CPU.
GIVEN_BACK = 75.0
# What a unit has installed, in its workload's directory.
INSTALLED = {"kafka/0": "bin", "spark/0": "spark", "prometheus/0": "bin"}
# Says that the unit has been prepared, directories and all: the install hook has that to do.
MARKERS = shutil.ignore_patterns("kafka.version")
# What runs only to wake the charm has no place in a script.
WAKERS = {"wake", "wake-again", "wake-later", "wake-later-again", "watch"}
ANY_ACL = AclBindingFilter(
    ResourceType.ANY,
    None,
    ResourcePatternType.ANY,
    None,
    None,
    AclOperation.ANY,
    AclPermissionType.ANY,
)


@dataclass(frozen=True)
class Cost:
    """What it took from the first command to the first record: by the clock, and of the CPU."""

    seconds: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s ({self.cpu:.1f} s of CPU)"


@contextlib.contextmanager
def costing(uuid: str, home: Home) -> Generator[list[Cost]]:
    """A list that holds the cost of what is done meanwhile, once it is done."""
    cost: list[Cost] = []
    start, before = time.perf_counter(), spent(uuid, home)
    yield cost
    cost.append(Cost(time.perf_counter() - start, spent(uuid, home) - before))


def spent(uuid: str, home: Home) -> float:
    """CPU seconds so far of our own commands, of the engine with its hooks, and of the model."""
    found = processes.of_model(uuid)()
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        found.append(psutil.Process(int(home.pid_file.read_text())))
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime
    for process in found:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


@dataclass(frozen=True)
class Access:
    """Who comes in, and what they may: taken from the deployed broker, given to the next one."""

    source: pipeline.Credentials
    sink: pipeline.Credentials
    passwords: dict[str, str]
    acls: list[AclBinding]


class Deployed:
    """A model with the bundle in it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.juju = pipeline.juju()
        self.juju.cli("add-model", pipeline.MODEL, include_model=False)
        self.uuid: str = client.call("models")[0]["uuid"]

    def workload(self, unit: str, machine: str) -> Path:
        """Where a unit has its workload."""
        root = self.client.home.models / f"{pipeline.MODEL}-{self.uuid[-6:]}"
        agents = root / "machines" / machine / "var/lib/juju/agents"
        return agents / f"unit-{unit.replace('/', '-')}" / "workload"

    def machine(self, unit: str) -> str:
        """The machine of a unit."""
        return units(self.client, pipeline.MODEL)[unit]["machine"]

    def first_record(
        self, frame: pd.DataFrame
    ) -> tuple[Cost, pipeline.Credentials, pipeline.Credentials]:
        """Deploy; the cost of the first record, and the credentials that a customer got."""
        with costing(self.uuid, self.client.home) as cost:
            pipeline.deploy(self.juju, small=True)
            wait_active(self.client, pipeline.MODEL, "data-access/0")
            source = pipeline.credentials(self.juju, "data-access")
            send(source, frame)
            wait_active(self.client, pipeline.MODEL, "results/0")
            sink = pipeline.credentials(self.juju, "results")
            await_record(sink)
        return cost[0], source, sink

    def destroy(self) -> None:
        """End it, with everything that was started in its directories."""
        self.juju.destroy_model(pipeline.MODEL, destroy_storage=True, force=True, timeout=600)


class Programs:
    """What the first deployment installed, kept for the next ones."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._machines: dict[str, str] = {}

    def keep(self, deployed: Deployed) -> None:
        """Remember what is installed, and on which machines."""
        for unit, name in INSTALLED.items():
            self._machines[unit] = deployed.machine(unit)
            link(deployed.workload(unit, self._machines[unit]) / name, self._kept(unit))

    def place(self, deployed: Deployed) -> None:
        """Put everything where the same units of a fresh model will look."""
        for unit, name in INSTALLED.items():
            link(self._kept(unit), deployed.workload(unit, self._machines[unit]) / name)

    def check(self, deployed: Deployed) -> None:
        """That they were found: what is installed is still the same files."""
        for unit, name in INSTALLED.items():
            place = deployed.workload(unit, deployed.machine(unit)) / name
            fresh = [p for p in place.rglob("*.jar") if p.stat().st_nlink == 1]
            if fresh:
                raise SystemExit(f"{unit} has installed {fresh[0].name} although it was there")

    def _kept(self, unit: str) -> Path:
        return self._directory / unit.replace("/", "-")


class ByHand:
    """The plain script: the same processes, in the directories that the deployment left."""

    def __init__(self, deployed: Deployed, access: Access) -> None:
        self._access = access
        self._home = deployed.client.home
        self._uuid = deployed.uuid
        self._units = {unit: deployed.workload(unit, deployed.machine(unit)) for unit in INSTALLED}
        self._kafka = self._units["kafka/0"] / "etc"
        self._settings = properties(self._kafka / "server.properties")
        self._data = Path(self._settings["log.dirs"])
        self._cluster = properties(self._data / "meta.properties")["cluster.id"]

    def end_everything(self) -> None:
        """The engine and every process of the model."""
        onebox("stop")
        processes.end(processes.of_model(self._uuid), grace=120)

    def wipe(self) -> None:
        """Empty whatever the processes have written, apart from their logs."""
        for workload in self._units.values():
            storage = workload.parents[2] / "storage"
            for directory in (*storage.glob("*/*/*"), *workload.glob("tmp/*")):
                empty(directory)
            for directory in (workload / "run", workload / "work"):
                empty(directory)

    def first_record(self, frame: pd.DataFrame) -> Cost:
        """The cost of the first record."""
        with costing(self._uuid, self._home) as cost:
            for unit, name in self._services():
                if unit != "kafka/0" and not name.startswith("job-"):
                    self._start(unit, name)
            self._broker()
            self._start("spark/0", "job-flights-hourly")
            send(self._access.source, frame)
            await_record(self._access.sink)
        return cost[0]

    def _broker(self) -> None:
        (jar,) = (self._units["kafka/0"] / "bin").glob("kafka-*/libs/kafka_2*.jar")
        config = self._kafka / "server.properties"
        kafka_by_hand.format_storage(jar.parent, config, self._cluster)
        self._start("kafka/0", "broker")
        address = self._access.source.endpoints.partition(":")[0]
        kafka_by_hand.wait_until_serving(address)
        admin = kafka_by_hand.administrator(address, self._kafka)
        kafka_by_hand.let_in(admin, self._access.passwords, self._access.acls)

    def _services(self) -> Iterator[tuple[str, str]]:
        for unit, workload in self._units.items():
            for path in sorted((workload / "control" / "defined").glob("*.conf")):
                if path.stem not in WAKERS:
                    yield unit, path.stem

    def _start(self, unit: str, name: str) -> None:
        """Run what the supervisor would run, where it would."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(self._units[unit] / "control" / "defined" / f"{name}.conf")
        program = parser[f"program:{name}"]
        with (self._units[unit] / "log" / f"{name}.by-hand.log").open("wb") as log:
            subprocess.Popen(
                shlex.split(program["command"].replace("%%", "%")),
                cwd=program["directory"].replace("%%", "%"),
                env={"PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def link(source: Path, target: Path) -> None:
    """The same files in a second directory."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target, True, ignore=MARKERS, copy_function=os.link)


def empty(directory: Path) -> None:
    """Delete everything in the directory, if there is one."""
    for path in directory.iterdir() if directory.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def properties(path: Path) -> dict[str, str]:
    """A properties file, as simple as the charms write them."""
    lines = (line.partition("=") for line in path.read_text().splitlines() if line[:1] != "#")
    return {key.strip(): value.strip() for key, _, value in lines if key}


def send(access: pipeline.Credentials, frame: pd.DataFrame) -> None:
    """A few flights and the end of the stream, acknowledged."""
    count = feed.partitions(access)
    feed.feed(access, frame, [0] * count, lambda _: None)


def await_record(access: pipeline.Credentials) -> None:
    """Have the first record of the result."""
    found, _, _ = results.read(access, 1, PATIENCE, lambda _: None)
    if not found:
        raise SystemExit(f"No record came out within {PATIENCE:.0f} s")


def who_comes_in(
    deployed: Deployed, source: pipeline.Credentials, sink: pipeline.Credentials
) -> Access:
    """The users of the deployed broker: the customers, and the job by its own file."""
    passwords = {access.username: access.password for access in (source, sink)}
    spark = deployed.workload("spark/0", deployed.machine("spark/0"))
    (secrets,) = (spark / "etc" / "job-flights-hourly").glob("kafka-*.properties")
    logins = re.findall(r'username="([^"]+)" password="([^"]+)"', secrets.read_text())
    passwords |= dict(logins)
    kafka = deployed.workload("kafka/0", deployed.machine("kafka/0"))
    address = source.endpoints.partition(":")[0]
    admin = kafka_by_hand.administrator(address, kafka / "etc")
    acls = admin.describe_acls(ANY_ACL).result(30)
    ours = [acl for acl in acls if acl.principal.removeprefix("User:") in passwords]
    return Access(source, sink, passwords, ours)


def first(client: Client, frame: pd.DataFrame, programs: Programs) -> Cost:
    """The cost of a deployment that installs everything; its programs are kept."""
    deployed = Deployed(client)
    cost, *_ = deployed.first_record(frame)
    programs.keep(deployed)
    deployed.destroy()
    return cost


def pair(client: Client, frame: pd.DataFrame, programs: Programs) -> tuple[Cost, Cost]:
    """The costs of a deployment and of the script, one after the other."""
    time.sleep(GIVEN_BACK)
    deployed = Deployed(client)
    programs.place(deployed)
    cost, source, sink = deployed.first_record(frame)
    programs.check(deployed)
    script = ByHand(deployed, who_comes_in(deployed, source, sink))
    script.end_everything()
    script.wipe()
    try:
        by_hand = script.first_record(frame)
    finally:
        script.end_everything()
    deployed.destroy()
    print(f"deployed {cost}, by hand {by_hand}")
    return cost, by_hand


def measure(client: Client, directory: Path, rounds: int) -> dict[str, object]:
    """Rounds of both, in turns, so that a busy machine is busy for both."""
    frame = flights.load().head(FLIGHTS)
    programs = Programs(directory / "programs")
    installing = first(client, frame, programs)
    print(f"with its installation {installing}")
    pairs = [pair(client, frame, programs) for _ in range(rounds)]
    ratio = statistics.median(deployed.seconds / by_hand.seconds for deployed, by_hand in pairs)
    of_cpu = statistics.median(deployed.cpu / by_hand.cpu for deployed, by_hand in pairs)
    return {
        "benchmark": "deploy",
        "deployed_s": [round(deployed.seconds, 1) for deployed, _ in pairs],
        "by_hand_s": [round(by_hand.seconds, 1) for _, by_hand in pairs],
        "deployed_cpu_s": [round(deployed.cpu, 1) for deployed, _ in pairs],
        "by_hand_cpu_s": [round(by_hand.cpu, 1) for _, by_hand in pairs],
        "with_installation_s": round(installing.seconds, 1),
        "cpu_ratio": round(of_cpu, 3),
        "ratio": round(ratio, 3),
        "limit": LIMIT,
        "within": ratio <= LIMIT,
    }


def main() -> int:
    """Measure in an engine of its own; 1 when a deployment takes too long."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with contextlib.redirect_stdout(sys.stderr), own_engine() as (client, directory):
        result = measure(client, directory, rounds)
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
