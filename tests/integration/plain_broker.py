# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A Kafka broker without a charm: one node, plain text, on an address of its own."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from dataops.host import packages
from dataops.testing import eventually

POM = Path(__file__).parents[2] / "charms" / "kafka" / "pom.xml"
JVM = ("-Xmx256m", "-Xms256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

SERVER = """\
process.roles=broker,controller
node.id={node}
controller.quorum.bootstrap.servers={address}:9097
log.dirs={data}
listeners=CLIENT://{address}:9092,CONTROLLER://{address}:9097
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=2
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.segment.bytes=1048576
log.cleaner.backoff.ms=500
# Tests write records of years ago, and half a minute after its start a broker looks for such.
log.retention.ms=-1
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
super.users=User:ANONYMOUS
"""


class PlainBroker:
    """One broker and its controller, in one process.

    Args:
        directory: of its files; `data` holds the logs.
        address: where it listens, in 127/8.
        cluster: its cluster id.
        node: its node id.
    """

    def __init__(self, directory: Path, address: str, cluster: str, node: int = 0) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.data = directory / "data"
        self.address = address
        self.cluster = cluster
        self.node = node
        self.process: subprocess.Popen[bytes] | None = None
        self._config = directory / "server.properties"
        text = SERVER.format(node=node, address=address, data=self.data)
        self._config.write_text(text)

    @property
    def bootstrap(self) -> str:
        return f"{self.address}:9092"

    def format(self) -> None:
        """Make its storage part of its cluster."""
        what = ("format", "--cluster-id", self.cluster, "--config", str(self._config))
        run("kafka.tools.StorageTool", *what, "--standalone", libraries=libraries())

    def start(self) -> None:
        """Begin, and wait until it serves clients."""
        command = ["java", *JVM, "-cp", f"{libraries()}/*", "kafka.Kafka", str(self._config)]
        with (self.directory / "broker.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        eventually(self.serves, patience=120)

    def serves(self) -> bool:
        assert self.process is None or self.process.poll() is None, self.told()
        try:
            socket.create_connection((self.address, 9092), timeout=1).close()
        except OSError:
            return False
        return True

    def told(self) -> str:
        """The end of its log."""
        return (self.directory / "broker.log").read_text()[-3000:]

    def end(self, *, kill: bool = False) -> None:
        """End it: in order, or at once."""
        if self.process is not None:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(60)
            self.process = None


def libraries() -> Path:
    """Kafka's jars, fetched once for all tests of this machine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    target = cache / "dataops-tests" / "kafka"
    packages.copy_maven_dependencies(POM, target)
    return target


def run(program: str, *arguments: str, libraries: Path) -> str:
    """What one of Kafka's programs prints."""
    command = ["java", "-Xmx128m", *JVM[2:], "-cp", f"{libraries}/*", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
