# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json
import socket

import pytest
from local_authority import DAY, NOW, Authority, port
from OpenSSL import SSL

from dataops.certificates import Inventory, ask_port, entry, objection, parse, refusal, table


@pytest.fixture(scope="module")
def root():
    return Authority("root")


def one(text):
    (found,) = parse(text)
    return found


def test_a_certificate_is_read(root):
    text, key = root.issue(names=("10.0.0.1", "10.0.0.2"))
    read = one(key + text)
    assert read.sans == ("10.0.0.1", "10.0.0.2")
    assert read.subject.startswith("CN=kafka-0 [") and read.days_left(NOW) == 10
    # An issuer reads as the authority's own subject: that is how the two are brought together.
    assert read.issuer == one(root.pem).subject and read.issued_by(one(root.pem))
    assert key not in repr(read)


def test_authorities_of_one_name_are_told_apart(root):
    other = Authority("root")
    read = one(other.issue()[0])
    assert read.issuer == one(other.pem).subject != one(root.pem).subject
    assert not read.issued_by(one(root.pem))


def test_a_text_without_certificates_has_none():
    assert parse("nothing") == ()


@pytest.mark.parametrize("newest", [None, SSL.TLS1_2_VERSION])
def test_a_port_shows_its_chain_even_to_a_client_that_it_refuses(root, tmp_path, newest):
    middle = Authority("middle", above=root)
    text, key = middle.issue()
    clients = Authority("clients")
    with port(tmp_path, key, text, middle.pem, clients=clients.pem, newest=newest) as number:
        served = ask_port("127.0.0.1", number)
    assert served and [link.pem for link in served.chain] == [text, middle.pem]
    assert served.accepts == {one(clients.pem).name}


def test_a_port_that_asks_nobody_lists_no_authorities(root, tmp_path):
    text, key = root.issue()
    with port(tmp_path, key, text) as number:
        served = ask_port("127.0.0.1", number)
    assert served and served.leaf.serial == one(text).serial and not served.accepts


def test_a_client_s_keystore_opens_the_door(root, tmp_path):
    text, key = root.issue()
    mine = tmp_path / "mine.pem"
    mine.write_text("".join(reversed(root.issue("client"))))
    with port(tmp_path, key, text, clients=root.pem) as number:
        assert ask_port("127.0.0.1", number, keystore=mine)
        assert refusal("127.0.0.1", number, root.pem, keystore=mine) == ""


def test_a_port_that_speaks_no_tls_shows_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        number = silent.getsockname()[1]
        assert ask_port("127.0.0.1", number, patience=0.2) is None
    assert ask_port("127.0.0.1", number) is None
    assert "refused" in refusal("127.0.0.1", number, Authority().pem)


def test_who_trusts_the_old_authority_talks_to_a_new_one_that_it_vouches_for(root, tmp_path):
    new = Authority("new")
    vouched = Authority("new", above=root, key=new.key)
    text, key = new.issue()
    with port(tmp_path, key, text, vouched.pem) as number:
        assert refusal("127.0.0.1", number, root.pem) == ""
        assert refusal("127.0.0.1", number, new.pem) == ""
    with port(tmp_path, key, text) as number:
        assert "unable to get" in refusal("127.0.0.1", number, root.pem)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"names": ("127.0.0.2",)}, "for 127.0.0.2, not for 127.0.0.1"),
        ({"start": NOW + DAY}, "compare the clocks"),
        ({"start": NOW - 2 * DAY, "end": NOW - DAY}, "it expired on"),
        ({}, ""),
    ],
)
def test_a_certificate_that_clients_would_refuse_is_objected_to(root, given, why):
    found = objection(one(root.issue(**given)[0]), parse(root.pem), {"127.0.0.1"}, NOW)
    assert found == why or (why and why in found)


def test_a_certificate_of_somebody_else_is_objected_to(root):
    text, _ = Authority("stranger").issue()
    assert "CN=stranger" in objection(one(text), parse(root.pem), {"127.0.0.1"}, NOW)


def test_the_inventory_says_who_trusts_whom(root):
    other = Authority("other")
    mine = entry(
        "kafka/0", "10.0.0.1", 9093, one(root.issue()[0]), now=NOW, trusts=parse(root.pem)
    )
    theirs = entry(
        "spark/0", "10.0.0.2", 8480, one(other.issue(end=NOW + DAY)[0]), now=NOW,
        trusts=parse(root.pem + other.pem),
    )  # fmt: skip
    silent = entry("kafka/1", "10.0.0.3", 9093, None, now=NOW)
    found = Inventory.of([mine, silent, theirs])
    assert found.summary == ("2 certificates, the first expires in 1.0 days; 1 ports serve none")
    assert table(found.certificates).endswith(
        f"\n\n#1 {theirs.issuer}, trusted by spark\n#2 {mine.issuer}, trusted by kafka, spark"
    )
    written = json.loads(found.model_dump_json(by_alias=True))["certificates"][0]
    assert written["days-left"] == 10 and written["not-after"].endswith("Z")


def test_only_what_the_port_lists_counts_as_trusted(root, tmp_path):
    text, key = root.issue()
    newer = Authority("newer")
    with port(tmp_path, key, text, clients=root.pem) as number:
        served = ask_port("127.0.0.1", number)
    found = entry("kafka/0", "", number, served, now=NOW, trusts=parse(root.pem + newer.pem))
    assert found.trusts == (one(root.pem).subject,)
