# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A directory and a real S3 server keep the same promises, and say what is wrong."""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import secrets
import subprocess
import sys
import tarfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jubilant
import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataops.objectstore import (
    Missing,
    NoBucket,
    Pace,
    Refused,
    Store,
    StoreError,
    Target,
    Unreachable,
    open_store,
)
from dataops.testing import store_contract
from tests.integration.processes import eventually
from tests.integration.s3_server import KEYS, ROOT, S3Server

MB = 1 << 20
SOON = timedelta(milliseconds=300)
KINDS = ("local", "s3")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An S3 server that runs."""
    found = S3Server(tmp_path_factory.mktemp("s3"))
    found.start()
    try:
        yield found
    finally:
        found.kill()


@pytest.fixture
def a_store(server: S3Server, tmp_path: Path) -> Callable[[str], Store]:
    """Makes an empty store of a kind."""

    def make(kind: str) -> Store:
        path = f"tests/{secrets.token_hex(4)}"
        if kind == "s3":
            return open_store(server.target(path=path))
        directory = tmp_path / "store"
        directory.mkdir(exist_ok=True)
        return open_store(Target(kind="local", directory=str(directory), path=path))

    return make


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("promise", store_contract(), ids=lambda promise: promise.__name__)
def test_every_store_keeps_the_promise(
    promise: Callable[[Store, Path], None],
    kind: str,
    a_store: Callable[[str], Store],
    tmp_path: Path,
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    promise(a_store(kind), own)


# Two letters, so that names meet; a part that ends in a dot and a letter sorts before a slash.
_KEYS = st.lists(st.sampled_from(["a", "b", "a.b", "a-b"]), min_size=1, max_size=3).map("/".join)
_CONTENTS = st.binary(max_size=20)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), _KEYS, _CONTENTS),
        st.tuples(st.just("once"), _KEYS, _CONTENTS),
        st.tuples(st.just("delete"), _KEYS, st.just(b"")),
        st.tuples(st.just("list"), _KEYS, st.just(b"")),
    ),
    max_size=12,
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_store_behaves_as_a_mapping(kind: str, a_store: Callable[[str], Store]) -> None:
    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(_STEPS)
    def behaves(steps: list[tuple[str, str, bytes]]) -> None:
        store, model = a_store(kind), {}
        for verb, key, content in steps:
            # What is an object is no directory: such a key is no use of a store.
            if any(key.startswith(f"{k}/") or k.startswith(f"{key}/") for k in model):
                continue
            if verb == "put":
                model[key] = content
                assert store.put(key, content).size == len(content)
            elif verb == "once":
                if len(model.get(key, b"")) != len(content) or key not in model:
                    model[key] = content
                store.put(key, content, once=True)
            elif verb == "delete":
                model.pop(key, None)
                store.delete(key)
            else:
                below = sorted(k for k in model if k.startswith(f"{key}/"))
                assert [one.key for one in store.list(key)] == below
            head = store.head(key)
            assert (head.size if head else None) == (len(model[key]) if key in model else None)
        assert [one.key for one in store.list()] == sorted(model)
        assert {key: store.get(key) for key in model} == model

    behaves()


def uses(store: Store, directory: Path) -> dict[str, Callable[[], object]]:
    """Everything that can be asked of a store."""
    return {
        "put": lambda: store.put("k", b"1"),
        "put pieces": lambda: store.put("k", iter([b"1" * (9 * MB)])),
        "head": lambda: store.head("k"),
        "get": lambda: store.get("k"),
        "fetch": lambda: store.fetch("k", directory / "k"),
        "list": lambda: list(store.list()),
        "delete": lambda: store.delete("k"),
        "check": store.check,
    }


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"access_key": "nobody"}, Refused, "keys"),
        ({"secret_key": "wrong-secret"}, Refused, "keys"),
        ({"bucket": "none-there"}, NoBucket, "there is no bucket none-there"),
        ({"endpoint": "http://127.0.0.1:1"}, Unreachable, "nothing listens there"),
        ({"endpoint": "http://store.invalid:9000"}, Unreachable, "Cannot reach"),
    ],
)
def test_what_is_wrong_is_named_whatever_is_asked(
    server: S3Server, changes: dict[str, str], kind: type[StoreError], words: str, tmp_path: Path
) -> None:
    store = open_store(server.target(**changes), patience=SOON)
    for name, use in uses(store, tmp_path).items():
        with pytest.raises(kind) as refusal:
            use()
        told = str(refusal.value)
        assert words in told, name
        assert store.target.describe() in told, name
        assert KEYS["secret_key"] not in told and "wrong-secret" not in told, name
    assert not (tmp_path / "k").exists()


def test_a_server_without_tls_is_named(server: S3Server, tmp_path: Path) -> None:
    https = server.endpoint.replace("http://", "https://")
    store = open_store(server.target(endpoint=https), patience=SOON)
    with pytest.raises(Unreachable, match="does not speak TLS"):
        store.check()


def test_a_server_with_tls_is_trusted_by_its_own_authority_alone(tmp_path: Path) -> None:
    keystore, authority = certified(tmp_path)
    server = S3Server(tmp_path / "s3", keystore)
    server.start()
    try:
        with pytest.raises(Unreachable, match="signed by nobody that we trust"):
            open_store(server.target(), patience=SOON).check()
        open_store(server.target(ca_chain=(authority,)), patience=SOON).check()
    finally:
        server.kill()


def test_a_put_goes_on_when_the_server_comes_back(server: S3Server, tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(os.urandom(30 * MB))
    killed = threading.Event()

    class Fault(Pace):
        """Has the server killed in the middle, and started again a little later."""

        def take(self, count: int) -> None:
            super().take(count)
            if self.total > 20 * MB and not killed.is_set():
                killed.set()
                server.kill()
                threading.Timer(1, server.start).start()

    store = open_store(server.target(path=f"tests/{secrets.token_hex(4)}"))
    store.put("big", path, pace=Fault(None))
    assert killed.is_set()
    store.fetch("big", tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == path.read_bytes()


def test_a_fetch_of_a_killed_process_is_continued(server: S3Server, tmp_path: Path) -> None:
    target = server.target(path=f"tests/{secrets.token_hex(4)}")
    content = os.urandom(24 * MB)
    open_store(target).put("big", content)
    partial = in_a_process(
        target,
        f"""
        import os, signal
        class Killed(Pace):
            def take(self, count):
                super().take(count)
                if self.total > 16 << 20:
                    os.kill(os.getpid(), signal.SIGKILL)
        store.fetch("big", Path({str(tmp_path / "big")!r}), pace=Killed(None))
        """,
    )
    assert partial.returncode == -9
    (left,) = tmp_path.iterdir()
    assert 0 < left.stat().st_size < len(content)
    pace = Pace(None)
    open_store(target).fetch("big", tmp_path / "big", pace=pace)
    assert (tmp_path / "big").read_bytes() == content
    assert pace.total == len(content) - 16 * MB


def test_memory_does_not_grow_with_the_object(server: S3Server, tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(os.urandom(64 * MB))
    with large.open("wb") as file:
        for _ in range(320):
            file.write(os.urandom(MB))
    done = in_a_process(
        server.target(path=f"tests/{secrets.token_hex(4)}"),
        f"""
        def peak_with(path):
            store.put(path.name, path)
            store.put("paced", path, pace=Pace(None))
            store.fetch(path.name, Path({str(tmp_path / "fetched")!r}))
            assert sum(map(len, store.stream("paced"))) == path.stat().st_size
            Path({str(tmp_path / "fetched")!r}).unlink()
            lines = Path("/proc/self/status").read_text().splitlines()
            (line,) = [line for line in lines if line.startswith("VmHWM")]
            return int(line.split()[1]) / 1024
        print(peak_with(Path({str(small)!r})), peak_with(Path({str(large)!r})))
        """,
    )
    assert done.returncode == 0, done.stderr
    # In MB. The allocator keeps some buffers; whoever held the objects would need all of it.
    with_small, with_large = map(float, done.stdout.split())
    assert with_large - with_small < (320 - 64) / 4


def test_no_bucket_is_told_from_no_object(server: S3Server) -> None:
    with pytest.raises(Missing):
        open_store(server.target(path="tests")).get("never/was")


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """day2 and an object store that serves https, and nothing else."""
    for name in ("certificates", "object-storage", "day2"):
        juju.deploy(str(ROOT / "charms" / name / f"{name}_amd64.charm"), name)
    juju.integrate("object-storage:certificates", "certificates:certificates")
    juju.integrate("day2:s3", "object-storage:s3")
    juju.integrate("day2:operations", "object-storage:operations")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    return juju


def operation(model: jubilant.Juju, name: str, params: dict[str, Any] | None = None) -> str:
    """The message of an operation that went well, once it has ended."""
    number = int(model.run("day2/0", name, params).results["operation"])

    def ended() -> str:
        shown = model.run("day2/0", "show-operation", {"id": number}).results
        assert shown["status"] != "failed", shown
        return shown["message"] if shown["status"] == "completed" else ""

    return eventually(ended, 180, f"the end of {name}")


@pytest.fixture(scope="module")
def outside(model: jubilant.Juju) -> Store:
    """What the operator sees in the store, by the credentials that its action gives."""
    access = model.run("object-storage/0", "get-credentials").results["s3"]
    target = Target(
        kind="s3",
        bucket=access["bucket"],
        endpoint=access["endpoint"],
        access_key=access["access-key"],
        secret_key=access["secret-key"],
        ca_chain=(access["tls-ca"],),
    )
    assert target.endpoint.startswith("https://")
    return open_store(target)


def below(store: Store, part: str) -> list[str]:
    """The keys of day2's own place that begin with this part."""
    keys = [one.key for one in store.list("day2")]
    return [key for key in keys if key.split("/")[3] == part]


def test_the_journal_and_the_reports_are_kept_outside(
    model: jubilant.Juju, outside: Store
) -> None:
    operation(model, "health-check")
    eventually(lambda: below(outside, "journal"), 60, "a copy of the journal")
    report = eventually(lambda: below(outside, "reports"), 60, "a copy of a report")
    assert {Path(key).suffix for key in report} >= {".html", ".json", ".sig"}
    operation(model, "verify-journal")
    told = model.run("day2/0", "list-operations").results
    assert told, told


def test_a_byte_that_was_changed_outside_is_found(model: jubilant.Juju, outside: Store) -> None:
    key = below(outside, "journal")[0]
    before = outside.get(key)
    outside.put(key, before.replace(b"health-check", b"health-chess", 1))
    try:
        number = int(model.run("day2/0", "verify-journal").results["operation"])

        def failed() -> str:
            shown = model.run("day2/0", "show-operation", {"id": number}).results
            return str(shown) if shown["status"] == "failed" else ""

        told = eventually(failed, 120, "the end of verify-journal")
        assert "copy-in-store" in told
        assert "its content was changed" in told
    finally:
        outside.put(key, before)


def test_a_snapshot_is_put_outside_when_it_is_wanted(
    model: jubilant.Juju, outside: Store, tmp_path: Path
) -> None:
    told = operation(model, "snapshot", {"store": True})
    (key,) = below(outside, "snapshots")
    assert f"snapshots/{Path(key).name} in s3://dataops/day2/" in told
    outside.fetch(key, tmp_path / "snapshot.tar.zst")
    with (tmp_path / "snapshot.tar.zst").open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw)
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            names = {"/".join(name.split("/")[1:]) for name in archive.getnames()}
    assert {"index.html", "timeline.log", "object-storage-0/unit.json"} <= names


def test_new_keys_reach_those_who_store(model: jubilant.Juju, outside: Store) -> None:
    before, old = below(outside, "journal"), outside.target

    def ended() -> dict[str, Any] | None:
        told = model.run("object-storage/0", "rotate-passwords", {"quiet": 3}).results
        return told if "summary" in told else None

    told = eventually(ended, 120, "the end of the change")
    changed = json.loads(told["credentials"])
    (relation,) = [one["client"] for one in changed if one["client"] != "admin"]
    assert relation.startswith("relation-") and all(one["refused"] for one in changed)
    # The operator has not said that he works with the new ones, and had his time.
    with pytest.raises(Refused):
        open_store(old, patience=SOON).check()
    access = model.run("object-storage/0", "get-credentials").results["s3"]
    keys = {"access_key": access["access-key"], "secret_key": access["secret-key"]}
    again = open_store(Target.model_validate({**old.model_dump(), **keys}))
    again.check()
    assert keys["secret_key"] not in str(told)
    operation(model, "health-check")
    eventually(lambda: len(below(again, "journal")) > len(before), 90, "news in the store")


def in_a_process(target: Target, program: str) -> subprocess.CompletedProcess[str]:
    """Runs it with `store` open."""
    text = "from pathlib import Path\nfrom dataops.objectstore import *\n"
    text += "import sys\n"
    text += "store = open_store(Target.model_validate_json(sys.stdin.read()))\n"
    return subprocess.run(
        [sys.executable, "-c", text + textwrap.dedent(program)],
        input=target.model_dump_json(context={"revealed": True}),
        capture_output=True,
        text=True,
        check=False,
    )


def certified(folder: Path) -> tuple[tuple[Path, str], str]:
    """A key store for 127.0.0.1, and the authority that it is trusted by, as PEM text."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def signed(
        name: str,
        key: ec.EllipticCurvePrivateKey,
        by: x509.Name,
        signer: ec.EllipticCurvePrivateKey,
    ) -> x509.Certificate:
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(by)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(name == "authority", None), critical=True)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .sign(signer, hashes.SHA256())
        )

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = signed("authority", root, named("authority"), root)
    server = signed("server", leaf, named("authority"), root)
    content = pkcs12.serialize_key_and_certificates(
        b"s3", leaf, server, [authority], serialization.BestAvailableEncryption(b"password")
    )
    path = folder / "keystore.p12"
    path.write_bytes(content)
    return (path, "password"), authority.public_bytes(serialization.Encoding.PEM).decode()
