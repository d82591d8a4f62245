# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the charm costs a producer: `python -m tests.benchmarks.throughput [TURNS]`.

One client writes records of 1 kB, idempotent and with acknowledgement of all copies, through the
TLS listener of a broker that the charm runs, and of one that is configured by hand: the same
jars, heap and flags of the JVM, the same listener (SASL_SSL with SCRAM-SHA-512, the same versions
of TLS, sessions that end after an hour), keys of the same kind, StandardAuthorizer with
permissions for that one user, one topic of as many partitions. The
broker by hand has no metrics agent and the client alone for company; whatever else the charm's
broker carries counts against the charm.

Both brokers run all the time, each with a producer that stays connected, and are written to in
turns of four runs, A B B A, so that whatever grows or fades meanwhile troubles both alike. The
runs are many and short (60 MB). Prints one JSON line with the megabytes a second of each
(medians), the median of the turns' ratios and their quartiles, and fails when that median is
below the limit. Beside it stands what the brokers themselves spend of the CPU, the charm's against
the other's: a steadier figure, for other work on the machine stretches it less.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import jubilant
import psutil
from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateRequestAttributes,
    CertificateSigningRequest,
    KeyAlgorithm,
    PrivateKey,
)
from confluent_kafka import Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)
from cryptography.hazmat.primitives import serialization

from tests.benchmarks import kafka_by_hand
from tests.benchmarks.own_engine import own_engine, units, wait_active
from tools.demo import feed, pipeline
from tools.demo.pipeline import Credentials

LIMIT = 0.95
TURNS = 25
WARM_UP = 5
RECORD = 1000
RECORDS = 60_000
# Megabytes of one run.
SIZE = RECORDS * RECORD / 1e6
MODEL = "throughput"
TOPIC = "bench"
CHARMS = pipeline.ROOT / "charms"
LONGEST_ENDING = 60

SERVER = """\
process.roles=broker,controller
node.id=0
controller.quorum.bootstrap.servers={address}:9097
log.dirs={directory}/data
listeners=CLIENT://{address}:9093,INTERNAL://{address}:19093,CONTROLLER://{address}:9097
listener.security.protocol.map=CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config={module} required;
ssl.keystore.type=PEM
ssl.keystore.location={directory}/keystore.pem
ssl.truststore.type=PEM
ssl.truststore.location={directory}/truststore.pem
ssl.enabled.protocols=TLSv1.3,TLSv1.2
connections.max.reauth.ms=3600000
listener.name.internal.ssl.client.auth=required
listener.name.controller.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:CN=broker
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
"""
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


@dataclass(frozen=True)
class Run:
    """What writing took: seconds by the clock, and of the broker's CPU."""

    seconds: float
    cpu: float

    def __add__(self, other: Run) -> Run:
        return Run(self.seconds + other.seconds, self.cpu + other.cpu)


def deploy(juju: jubilant.Juju) -> None:
    """A broker by the charm, with one customer."""
    juju.cli("add-model", MODEL, include_model=False)
    for name in ("certificates", "kafka", "data-access"):
        config = {"topic": TOPIC} if name == "data-access" else None
        juju.deploy(CHARMS / name / f"{name}_amd64.charm", name, config=config)
    juju.integrate("kafka:certificates", "certificates:certificates")
    juju.integrate("data-access:kafka", "kafka:kafka-client")


def broker_of(uuid: str) -> psutil.Process:
    """The charm's broker."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            ours = process.environ().get("JUJU_MODEL_UUID") == uuid
            if ours and process.name() == "java" and "kafka.Kafka" in process.cmdline():
                return process
    raise SystemExit("The charm's broker does not run")


@contextlib.contextmanager
def by_hand(
    model: psutil.Process, like: Credentials, directory: Path
) -> Generator[tuple[Credentials, psutil.Process]]:
    """A broker that is configured by hand, beside the charm's, and access to it."""
    command = model.cmdline()
    libraries = Path(command[command.index("-cp") + 1]).parent
    flags = [word for word in command if word.startswith(("-X", "-Djava.awt"))]
    # Another address of the model's own network: no other engine uses it.
    address = like.endpoints.partition(":")[0].rpartition(".")[0] + ".200"
    directory.mkdir(mode=0o700)
    ca = issue(directory, address)
    config = directory / "server.properties"
    config.write_text(SERVER.format(address=address, directory=directory, module=SCRAM))
    kafka_by_hand.format_storage(libraries, config, "benchmarkbenchmarkbenc")
    with (directory / "broker.log").open("wb") as log:
        broker = subprocess.Popen(
            ["java", *flags, "-cp", f"{libraries}/*", "kafka.Kafka", str(config)],
            stdout=log,
            stderr=log,
            env={"PATH": os.environ["PATH"]},
        )
    try:
        kafka_by_hand.wait_until_serving(address, 9093)
        access = replace(
            like, endpoints=f"{address}:9093", password=secrets.token_urlsafe(24), ca=ca
        )
        admit(access, address, directory)
        yield access, psutil.Process(broker.pid)
    except SystemExit:
        print((directory / "broker.log").read_text()[-2000:])
        raise
    finally:
        broker.terminate()
        try:
            broker.wait(LONGEST_ENDING)
        except subprocess.TimeoutExpired:
            broker.kill()


def issue(directory: Path, address: str) -> str:
    """The broker's stores, with keys as the charms make them; the authority as PEM text."""
    authority, key = (PrivateKey.generate(key_algorithm=KeyAlgorithm.ECDSA) for _ in range(2))
    validity = timedelta(days=2)
    own = CertificateRequestAttributes("benchmark", is_ca=True)
    ca = Certificate.generate_self_signed_ca(own, authority, validity)
    wanted = CertificateRequestAttributes(
        "broker", sans_ip=[address], add_unique_id_to_subject_name=False
    )
    request = CertificateSigningRequest.generate(wanted, key)
    certificate = request.sign(ca, authority, validity)
    keystore = directory / "keystore.pem"
    keystore.touch(mode=0o600)
    # Java reads no other form of a key.
    own_key = serialization.load_pem_private_key(str(key).encode(), None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    keystore.write_text(f"{own_key.decode()}{certificate}\n")
    (directory / "truststore.pem").write_text(f"{ca}\n")
    return str(ca)


def admit(access: Credentials, address: str, directory: Path) -> None:
    """The user, with what a producer needs, and the topic."""
    admin = kafka_by_hand.administrator(address, directory)
    acls = [
        AclBinding(
            ResourceType.TOPIC,
            access.topic,
            ResourcePatternType.LITERAL,
            f"User:{access.username}",
            "*",
            operation,
            AclPermissionType.ALLOW,
        )
        for operation in (AclOperation.WRITE, AclOperation.DESCRIBE)
    ]
    kafka_by_hand.let_in(admin, {access.username: access.password}, acls)
    made = admin.create_topics([NewTopic(access.topic, 3, 1)])
    made[access.topic].result(60)


class Writer:
    """One producer that stays connected, and the broker that it writes to."""

    def __init__(self, access: Credentials, broker: psutil.Process, payloads: list[bytes]) -> None:
        self._topic = access.topic
        self._broker = broker
        self._payloads = payloads
        self._failures: list[str] = []
        self._producer = Producer(
            {
                **access.client(),
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": 10,
                "batch.size": 131_072,
                "queue.buffering.max.kbytes": 65_536,
            }
        )

    def write(self) -> Run:
        """Write one run's records, and have all of them acknowledged."""
        start, before = time.perf_counter(), self._spent()
        for number in range(RECORDS):
            self._send(self._payloads[number % len(self._payloads)])
        if waiting := self._producer.flush(120):
            self._failures.append(f"{waiting} records were not acknowledged within 120 s")
        if self._failures:
            raise SystemExit(f"Records were not acknowledged: {self._failures[0]}")
        return Run(time.perf_counter() - start, self._spent() - before)

    def _send(self, payload: bytes) -> None:
        while True:
            try:
                self._producer.produce(self._topic, payload, on_delivery=self._delivered)
                break
            except BufferError:
                self._producer.poll(0.05)
        self._producer.poll(0)

    def _delivered(self, error: object, _: object) -> None:
        if error is not None:
            self._failures.append(str(error))

    def _spent(self) -> float:
        times = self._broker.cpu_times()
        return times.user + times.system


def turn(outer: Writer, inner: Writer) -> tuple[Run, Run]:
    """Four runs, A B B A: what changes steadily meanwhile changes both alike."""
    first, second, third, fourth = outer.write(), inner.write(), inner.write(), outer.write()
    return first + fourth, second + third


def measure(charm: Writer, hand: Writer, count: int) -> dict[str, object]:
    """Many turns, either side first in every other one; the first ones only warm both up."""
    found: list[tuple[Run, Run]] = []
    for number in range(WARM_UP + count):
        ours, theirs = turn(charm, hand) if number % 2 else turn(hand, charm)[::-1]
        print(f"charm {2 * SIZE / ours.seconds:.1f} MB/s, by hand {2 * SIZE / theirs.seconds:.1f}")
        if number >= WARM_UP:
            found.append((ours, theirs))
    ratios = [theirs.seconds / ours.seconds for ours, theirs in found]
    ratio = statistics.median(ratios)
    return {
        "benchmark": "throughput",
        "charm_mb_s": round(2 * SIZE / statistics.median(ours.seconds for ours, _ in found), 1),
        "by_hand_mb_s": round(2 * SIZE / statistics.median(one.seconds for _, one in found), 1),
        "broker_cpu_ratio": round(
            statistics.median(ours.cpu / theirs.cpu for ours, theirs in found), 3
        ),
        "ratio": round(ratio, 3),
        "quartiles": [round(value, 3) for value in statistics.quantiles(ratios)],
        "limit": LIMIT,
        "within": ratio >= LIMIT,
    }


def main() -> int:
    """Measure with an engine of its own; 1 when the charm costs too much."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TURNS
    with contextlib.redirect_stdout(sys.stderr), own_engine() as (client, directory):
        juju = jubilant.Juju(model=MODEL, cli_binary=str(pipeline.ROOT / ".venv/bin/juju"))
        deploy(juju)
        wait_active(client, MODEL, *units(client, MODEL))
        access = pipeline.credentials(juju, "data-access")
        assert feed.partitions(access) == 3
        broker = broker_of(client.call("models")[0]["uuid"])
        # Not compressible, so that every byte passes through the cipher.
        payloads = [os.urandom(RECORD) for _ in range(64)]
        with by_hand(broker, access, directory / "by-hand") as (hand, other):
            ours, theirs = Writer(access, broker, payloads), Writer(hand, other, payloads)
            result = measure(ours, theirs, count)
    print(json.dumps(result))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
