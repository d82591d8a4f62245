# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The unit's side and day2's side, against each other, over real TLS."""

import concurrent.futures
import hashlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataops.snapshot import collector as server
from dataops.snapshot.address import Collector
from dataops.snapshot.hand_over import HandOverError, hand_over

TOKEN = "token-of-this-operation"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "incoming"
    folder.mkdir()
    return folder


@pytest.fixture
def collector(folder: Path, tmp_path: Path) -> Iterator[Collector]:
    certificate, key = server.certificate("127.0.0.1")
    (tmp_path / "certificate.pem").write_text(certificate)
    (tmp_path / "key.pem").write_text(key)
    settings = server.Settings(
        address="127.0.0.1",
        port=0,
        certificate=tmp_path / "certificate.pem",
        key=tmp_path / "key.pem",
        token_sha256=hashlib.sha256(TOKEN.encode()).hexdigest(),
        folder=folder,
        most_bytes=1 << 20,
        seconds=60,
    )
    with server.Collector(settings) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield Collector(
            address=f"https://127.0.0.1:{running.server_port}",
            fingerprint=server.fingerprint(certificate),
            token=TOKEN,
        )
        running.shutdown()
        thread.join()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "snapshot.tar.zst"
    path.write_bytes(b"content" * 50_000)
    return path


def test_an_archive_arrives_whole_with_a_receipt(
    collector: Collector, archive: Path, folder: Path
) -> None:
    hand_over(archive, "kafka/0", collector)
    assert (folder / "kafka-0.tar.zst").read_bytes() == archive.read_bytes()
    receipt = server.Receipt.model_validate_json((folder / "kafka-0.json").read_text())
    assert receipt.sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert receipt.bytes == archive.stat().st_size
    # Between the two looks at the clock the machine may have stood still for a while.
    assert abs(receipt.clock_ahead) < 600


def test_many_units_at_once(collector: Collector, archive: Path, folder: Path) -> None:
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        units = [f"kafka/{number}" for number in range(20)]
        list(pool.map(lambda unit: hand_over(archive, unit, collector), units))
    assert len(list(folder.glob("*.tar.zst"))) == 20
    assert not list(folder.glob("*.part"))


def test_a_repeated_upload_takes_the_place_of_the_first(
    collector: Collector, archive: Path, folder: Path
) -> None:
    hand_over(archive, "kafka/0", collector)
    archive.write_bytes(b"another")
    hand_over(archive, "kafka/0", collector)
    assert (folder / "kafka-0.tar.zst").read_bytes() == b"another"


def test_nothing_goes_to_somebody_elses_certificate(
    collector: Collector, archive: Path, folder: Path
) -> None:
    another = collector.model_copy(update={"fingerprint": "0" * 64})
    with pytest.raises(HandOverError, match="not the one of this operation"):
        hand_over(archive, "kafka/0", another)
    assert not list(folder.iterdir())


def test_a_wrong_token_is_refused(collector: Collector, archive: Path, folder: Path) -> None:
    with pytest.raises(HandOverError, match="token") as refused:
        hand_over(archive, "kafka/0", collector.model_copy(update={"token": "guess"}))
    assert TOKEN not in str(refused.value)
    assert not list(folder.iterdir())


def test_too_large_an_archive_is_refused_early(
    collector: Collector, archive: Path, folder: Path
) -> None:
    archive.write_bytes(bytes(8 << 20))
    with pytest.raises(HandOverError, match="over 1048576"):
        hand_over(archive, "kafka/0", collector)
    assert not list(folder.iterdir())


def test_nobody_there_is_said_after_trying(archive: Path) -> None:
    with socket.socket() as silent:
        # It is ours, and nobody listens.
        silent.bind(("127.0.0.1", 0))
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"
        nobody = Collector(address=address, fingerprint="0" * 64, token=TOKEN)
        with pytest.raises(HandOverError, match=r"cannot be reached: .*refused"):
            hand_over(archive, "kafka/0", nobody, seconds=1.5)


def request(collector: Collector, method: str, path: str, body: bytes, **headers: str) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    port = int(collector.address.rpartition(":")[2])
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=names)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/units/../../etc/x-1", b"x", 404),
        ("PUT", "/units/kafka-0/more", b"x", 404),
        ("PUT", "/units/kafka-0", b"not what its hash says", 422),
        ("GET", "/units/kafka-0", b"", 501),
    ],
)
def test_strange_requests_change_nothing(
    collector: Collector, folder: Path, method: str, path: str, body: bytes, status: int
) -> None:
    authorised = f"Bearer {TOKEN}"
    assert request(collector, method, path, body, Authorization=authorised) == status
    assert not list(folder.iterdir())


def test_one_who_says_nothing_stops_nobody(
    collector: Collector, archive: Path, folder: Path
) -> None:
    port = int(collector.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)):
        hand_over(archive, "kafka/0", collector, seconds=60)
    assert (folder / "kafka-0.tar.zst").exists()


def test_it_ends_by_itself(folder: Path, tmp_path: Path) -> None:
    certificate, key = server.certificate("127.0.0.1")
    (tmp_path / "c.pem").write_text(certificate)
    (tmp_path / "k.pem").write_text(key)
    settings = server.Settings(
        address="127.0.0.1", port=0, certificate=tmp_path / "c.pem",
        key=tmp_path / "k.pem", token_sha256="", folder=folder, seconds=0.2,
    )  # fmt: skip
    thread = threading.Thread(target=server.serve, args=(settings,))
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()


def test_its_settings_hold_no_token() -> None:
    assert "token" not in set(server.Settings.model_fields) - {"token_sha256"}
    assert TOKEN not in json.dumps(
        Collector(address="a", fingerprint="b", token=TOKEN).model_dump(exclude={"token"})
    )
