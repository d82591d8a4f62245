# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import ssl

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dataops.backup.scratch import Scratch
from dataops.testing import FakeServices
from drill_cluster import Door, DrillCluster


def furnished(tmp_path, name="rehearsal", door=None):
    live = tmp_path / "bin"
    live.mkdir(exist_ok=True)
    (live / "kafka.version").write_text("v1")
    scratch = Scratch(tmp_path / name)
    made = DrillCluster(scratch, "127.201.1.1", "kafka", live, FakeServices(), None, door)
    scratch.directory.mkdir()
    made.furnish()
    return made


def test_it_is_configured_as_the_charm_does_on_an_address_of_its_own(tmp_path):
    made = furnished(tmp_path)
    text = (made.paths.etc / "server.properties").read_text()
    assert "listeners=CLIENT://127.201.1.1:9093,INTERNAL://127.201.1.1:19093" in text
    assert "controller.quorum.bootstrap.servers=127.201.1.1:9097\n" in text
    assert f"log.dirs={made.scratch.directory}/storage/kafka" in text
    assert "log.cleaner.enable=false" in text and "StandardAuthorizer" in text
    # What is compared stays there, however long that takes and however old it is.
    assert "log.initial.task.delay.ms=86400000\n" in text
    assert made.broker.facts().version == "v1"


def test_its_keys_are_its_own_and_nobody_else_s(tmp_path):
    one, other = furnished(tmp_path), furnished(tmp_path, "another")
    keystore = one.paths.etc / "keystore.pem"
    assert keystore.stat().st_mode & 0o077 == 0
    context = ssl.create_default_context(cafile=str(one.paths.etc / "truststore.pem"))
    context.load_cert_chain(str(keystore))
    text = keystore.read_text()
    leaf = x509.load_pem_x509_certificate(text[text.index("-----BEGIN CERT") :].encode())
    assert leaf.subject.rfc4514_string() == "CN=kafka-0"
    authorities = {(made.paths.etc / "truststore.pem").read_text() for made in (one, other)}
    assert len(authorities) == 2


def test_clearing_up_leaves_the_live_programs(tmp_path):
    made = furnished(tmp_path)
    made.scratch.clear()
    assert not made.scratch.directory.exists()
    assert (tmp_path / "bin" / "kafka.version").exists()


def test_a_reader_gets_a_door_of_its_own(tmp_path):
    _, public = key()
    door = Door("10.0.0.7", 9470, public, "rehearsal-reader")
    made = furnished(tmp_path, door=door)
    text = (made.paths.etc / "server.properties").read_text()
    for name in ("listeners", "advertised.listeners"):
        (line,) = (one for one in text.splitlines() if one.startswith(f"{name}="))
        assert line.endswith(",CONTROLLER://127.201.1.1:9097,READER://10.0.0.7:9470")
    assert "map=CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL,READER:SSL\n" in text
    assert "listener.name.reader.ssl.client.auth=required\n" in text
    shown = x509.load_pem_x509_certificate(made.certificate.encode())
    assert shown.subject.rfc4514_string() == "CN=rehearsal-reader"
    assert serialized(shown.public_key()) == public
    # Who holds it can certify nobody else, and it opens nothing of production.
    assert not shown.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    shown.verify_directly_issued_by(x509.load_pem_x509_certificate(made.authority.encode()))
    leaf = (made.paths.etc / "keystore.pem").read_text()
    own = x509.load_pem_x509_certificate(leaf[leaf.index("-----BEGIN CERT") :].encode())
    names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "10.0.0.7" in [str(one) for one in names.get_values_for_type(x509.IPAddress)]


def test_nobody_is_let_in_from_elsewhere_otherwise(tmp_path):
    made = furnished(tmp_path)
    assert "READER" not in (made.paths.etc / "server.properties").read_text()
    assert not (made.paths.etc / "reader.pem").exists()


def key():
    made = ec.generate_private_key(ec.SECP256R1())
    return made, serialized(made.public_key())


def serialized(public):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()
