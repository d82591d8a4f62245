# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

import authority
import stores as module
from dataops.certificates import Served, parse
from stores import Loaded, Stores


@pytest.fixture
def issued():
    return authority.certificate(address="127.0.0.1")


@pytest.fixture
def stores(tmp_path, issued):
    made = Stores(tmp_path)
    made.keystore.write_text(issued[1] + issued[0])
    made.truststore.write_text(issued[0])
    return made


def test_there_is_nothing_before_there_is_a_key(tmp_path):
    empty = Stores(tmp_path)
    assert (empty.digest, empty.authorities, empty.loaded()) == ("", (), Loaded())


def test_either_store_changes_the_digest(stores):
    before = stores.digest
    stores.truststore.write_text("")
    without = stores.digest
    stores.keystore.write_text("other")
    assert len({before, without, stores.digest}) == 3


def test_a_process_that_starts_works_with_what_is_there(stores, issued):
    stores.note_start()
    (root,) = parse(issued[0])
    assert stores.loaded() == Loaded(stores.digest, (root.subject,), {})


def test_what_every_port_serves_is_noted(stores, issued, tmp_path, monkeypatch):
    elsewhere = tmp_path / "port"
    elsewhere.mkdir()
    with authority.port(elsewhere, issued=issued) as (port, _):
        monkeypatch.setattr(module, "LISTENERS", {"client": port})
        assert stores.prove("127.0.0.1") == ""
    assert stores.loaded().proved == {"client": stores.leaf.not_after.timestamp()}
    assert "PRIVATE" not in (tmp_path / "stores.json").read_text()


def test_the_same_certificate_with_another_chain_is_another_thing(
    stores, issued, tmp_path, monkeypatch
):
    elsewhere = tmp_path / "port"
    elsewhere.mkdir()
    stores.keystore.write_text(issued[1] + issued[0] + authority.certificate("above")[0])
    with authority.port(elsewhere, issued=issued) as (port, _):
        monkeypatch.setattr(module, "LISTENERS", {"client": port})
        assert "with its old chain" in stores.prove("127.0.0.1")


@pytest.mark.parametrize("accepts", [{b"old"}, {b"old", b"more"}])
def test_a_port_that_accepts_others_is_not_proved(stores, monkeypatch, accepts):
    served = Served(stores.chain, frozenset(accepts))
    monkeypatch.setattr(module, "ask_port", lambda address, port, keystore: served)
    assert "accepts other authorities" in stores.prove("127.0.0.1")
    assert stores.loaded() == Loaded()


def test_a_port_that_serves_something_else_is_named(stores, tmp_path, monkeypatch):
    elsewhere = tmp_path / "port"
    elsewhere.mkdir()
    with authority.port(elsewhere) as (port, other):
        monkeypatch.setattr(module, "LISTENERS", {"internal": port})
        why = stores.prove("127.0.0.1")
    (served,) = parse(other)
    assert why == f"internal on port {port} serves {served.serial}, not {stores.leaf.serial}"
    assert "serves no certificate" in stores.prove("127.0.0.1")
    assert stores.loaded() == Loaded()
