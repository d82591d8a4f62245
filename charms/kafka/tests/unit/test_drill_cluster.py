# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import ssl

from cryptography import x509

from dataops.backup.scratch import Scratch
from dataops.testing import FakeServices
from drill_cluster import DrillCluster


def furnished(tmp_path, name="rehearsal"):
    live = tmp_path / "bin"
    live.mkdir(exist_ok=True)
    (live / "kafka.version").write_text("v1")
    scratch = Scratch(tmp_path / name)
    made = DrillCluster(scratch, "127.201.1.1", "kafka", live, FakeServices(), None)
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
