# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The cluster of a rehearsal while it waits for a reader from elsewhere: whom it lets in."""

from __future__ import annotations

import dataclasses
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dataops.backup.rehearsed import READER
from dataops.backup.scratch import Scratch, address
from dataops.certificates import keystore
from dataops.host.paths import UnitPaths
from dataops.host.ports import free_port
from dataops.host.services import ServiceManager, manager
from tests.integration.plain_broker import libraries

CHARM = Path(__file__).resolve().parents[2] / "charms" / "kafka" / "src"
# Where the live unit would be reached: of this machine, as everything of a test.
NETWORK = "127.0.77.9"


def make_key() -> tuple[str, str]:
    """A key, and its public half."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, form, serialization.NoEncryption())
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return secret.decode(), public.decode()


@dataclasses.dataclass(frozen=True)
class Standing:
    """A rehearsal's cluster whose rehearsal is over."""

    cluster: Any
    services: ServiceManager
    directory: Path
    secret: str = dataclasses.field(repr=False)

    def client(self, secret: str, certificate: str) -> dict[str, Any]:
        """How somebody with this key and certificate comes through the door."""
        place = self.directory / "reader.pem"
        place.write_text(keystore(secret, certificate, ()))
        authority = self.directory / "authority.pem"
        authority.write_text(self.cluster.authority)
        return {
            "bootstrap.servers": self.cluster.door.server,
            "security.protocol": "SSL",
            "ssl.ca.location": str(authority),
            "ssl.certificate.location": str(place),
            "ssl.key.location": str(place),
            "log_level": 2,
        }

    @property
    def reader(self) -> dict[str, Any]:
        return self.client(self.secret, self.cluster.certificate)


@pytest.fixture(scope="module")
def charm() -> Iterator[SimpleNamespace]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(CHARM))
        import admin  # pyright: ignore[reportMissingImports]
        import cluster_id  # pyright: ignore[reportMissingImports]
        import drill_clients  # pyright: ignore[reportMissingImports]
        import drill_cluster  # pyright: ignore[reportMissingImports]
        import drill_estate  # pyright: ignore[reportMissingImports]
        import drill_readable  # pyright: ignore[reportMissingImports]
        import listeners  # pyright: ignore[reportMissingImports]

        yield SimpleNamespace(
            admin=admin, ids=cluster_id, clients=drill_clients, cluster=drill_cluster,
            estate=drill_estate, readable=drill_readable, ports=listeners.PORTS,
        )  # fmt: skip


@pytest.fixture(scope="module")
def standing(charm: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Ten records are in it; whoever made it is gone."""
    root = tmp_path_factory.mktemp("unit")
    paths = UnitPaths(root / "workload")
    paths.create(None)
    (paths.bin / "kafka-v1").mkdir()
    (paths.bin / "kafka-v1" / "libs").symlink_to(libraries())
    (paths.bin / "kafka.version").write_text("v1")
    services = manager(paths, "kafka/0")
    secret, public = make_key()
    scratch = Scratch(root / "rehearsal", None, services)
    try:
        with scratch:
            cluster = charm.cluster.DrillCluster(
                scratch=scratch,
                address=address(charm.ports),
                app="kafka",
                bin=paths.bin,
                services=services,
                user=None,
                door=charm.cluster.Door(NETWORK, free_port(NETWORK), public, READER),
            )
            cluster.furnish()
            (cluster.staging / "logs").mkdir(parents=True)
            cluster.start(charm.ids.new_cluster_id())
            fill(charm, cluster)
            scratch.stay()
        yield Standing(cluster, services, root, secret)
    finally:
        scratch.clear()
        services.remove_all()


def fill(charm: SimpleNamespace, cluster: Any) -> None:
    own = charm.clients.settings([cluster.endpoint], cluster.paths.etc)
    # A client that nobody holds any more answers nothing.
    creator = AdminClient(own)
    (made,) = creator.create_topics([NewTopic("orders", 1, 1)]).values()
    made.result(60)
    producer = Producer(own)
    for number in range(10):
        producer.produce("orders", str(number).encode())
    assert producer.flush(60) == 0
    admin = charm.admin.connect([cluster.endpoint], cluster.paths.etc)
    try:
        charm.estate.let_read(admin, READER)
    finally:
        admin.close()


def test_the_reader_reads_every_record(standing: Standing) -> None:
    consumer = Consumer({**standing.reader, "group.id": READER, "enable.auto.commit": False})
    try:
        consumer.assign([TopicPartition("orders", 0, 0)])
        found = consumer.consume(10, timeout=60)
        assert [message.value() for message in found] == [str(n).encode() for n in range(10)]
    finally:
        consumer.close()


def test_it_is_told_the_hash_of_what_it_reads(charm: SimpleNamespace, standing: Standing) -> None:
    own = charm.clients.settings([standing.cluster.endpoint], standing.cluster.paths.etc)
    (told,) = charm.readable.readable([], {("orders", 0): (0, 10), ("empty", 0): (0, 0)}, own)
    assert (told.place, told.start, told.end) == (("orders", 0), 0, 10)
    with charm.clients.reading(standing.reader, READER) as consumer:
        found = charm.clients.digest(consumer, told.place, told.start, told.end)
    assert (found.records, found.hexdigest()) == (10, told.sha256)


def test_the_reader_changes_nothing(standing: Standing) -> None:
    failed: list[Any] = []
    producer = Producer(standing.reader)
    producer.produce("orders", b"mine", on_delivery=lambda error, message: failed.append(error))
    assert producer.flush(60) == 0
    assert failed[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
    creator = AdminClient(standing.reader)
    (made,) = creator.create_topics([NewTopic("mine", 1, 1)]).values()
    with pytest.raises(KafkaException) as refused:
        made.result(60)
    assert refused.value.args[0].code() in (
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    )


def told(standing: Standing, pem: str) -> str:
    """What the door says to whoever shows this: an error, or nothing while it waits for more."""
    context = ssl.create_default_context(cadata=standing.cluster.authority)
    if pem:
        place = standing.directory / "shown.pem"
        place.write_text(pem)
        context.load_cert_chain(place)
    door = standing.cluster.door
    with socket.create_connection((door.address, door.port), timeout=60) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=door.address) as wrapped:
                wrapped.settimeout(3)
                wrapped.recv(1)
        except TimeoutError:
            return ""
        except OSError as error:
            return type(error).__name__
    return "closed"


def test_nobody_else_is_let_in(charm: SimpleNamespace, standing: Standing) -> None:
    mine = keystore(standing.secret, standing.cluster.certificate, ())
    assert told(standing, mine) == ""
    assert told(standing, "") != ""
    # Their own key, certified by an authority of the same name as the rehearsal's.
    secret, public = make_key()
    door = charm.cluster.Door("127.0.0.1", 1, public, READER)
    other = dataclasses.replace(standing.cluster, door=door)
    assert told(standing, keystore(secret, other._keys()["reader.pem"], ())) != ""


def test_clearing_up_ends_what_outlived_its_maker(standing: Standing) -> None:
    place = standing.directory / "rehearsal"
    left = Scratch(place, None, standing.services)
    assert left.processes() and (place / "storage").exists()
    assert left.clear()
    assert not left.processes() and not place.exists()
    assert standing.services.state("rehearsal").status.value == "absent"
    assert not left.clear()
