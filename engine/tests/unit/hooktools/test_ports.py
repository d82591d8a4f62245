# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""open-port, close-port, opened-ports."""

import pytest

REFUSALS = [
    ("open-port", 2, "no port or range specified"),
    ("open-port x", 2, 'invalid port "x": strconv.Atoi: parsing "x": invalid syntax'),
    ("open-port 1-2-3", 2, 'invalid port range "1-2-3"'),
    ("open-port 80/icmp", 2, 'protocol "icmp" doesn\'t support any ports; got "80"'),
    ("open-port 80/sctp", 2, 'invalid protocol "sctp", expected "tcp", "udp", or "icmp"'),
    ("open-port 90-80/tcp", 2, "invalid port range 90-80/tcp"),
    ("open-port 65536", 2, "port range bounds must be between 0 and 65535, got 65536-65536"),
    ("open-port 80 81", 2, 'unrecognized args: ["81"]'),
    ("open-port --endpoints nosuch 80", 1, 'application endpoint "nosuch" not found'),
]


@pytest.mark.parametrize(("line", "code", "message"), REFUSALS)
def test_refuses(hook, line, code, message):
    assert hook("web/0").fails(line) == (code, message)


def test_opened_ports_shows_what_is_pending(hook, engine):
    run = hook("web/0")
    for port in ("icmp", "8000-8010/UDP", "443", "80/tcp", "80"):
        run.ok(f"open-port {port}")
    assert run.json("opened-ports") == ["icmp", "80/tcp", "443/tcp", "8000-8010/udp"]
    assert engine.model.units["web/0"].ports == ()
    run.end()
    assert engine.model.units["web/0"].ports == ("icmp", "80/tcp", "443/tcp", "8000-8010/udp")


def test_closes_what_is_open_and_nothing_else(hook, engine):
    run = hook("web/0")
    run.ok("open-port 80")
    run.ok("close-port 81")
    run.ok("close-port 80/tcp")
    assert run.ok("opened-ports") == ""
    assert run.end().units["web/0"].ports == ()


def test_endpoints_are_told_apart(hook, engine):
    run = hook("web/0")
    run.ok("open-port 81/tcp --endpoints db,cluster")
    run.ok("open-port 80/tcp")
    assert run.ok("opened-ports") == "80/tcp\n81/tcp\n"
    assert run.json("opened-ports --endpoints") == ["80/tcp (*)", "81/tcp (cluster, db)"]
    run.ok("close-port 81/tcp --endpoints db")
    assert run.json("opened-ports --endpoints") == ["80/tcp (*)", "81/tcp (cluster)"]
    run.ok("close-port 81/tcp")
    assert run.json("opened-ports") == ["80/tcp"]


class TestConflicts:
    def test_with_oneself_are_told_at_once(self, hook):
        run = hook("web/0")
        run.ok("open-port 80/tcp")
        assert run.fails("open-port 70-90/tcp") == (
            1,
            'cannot open 70-90/tcp (unit "web/0"): port range conflicts with 80/tcp'
            ' (unit "web/0")',
        )
        run.ok("open-port 70-90/udp")

    def test_with_a_unit_of_the_same_machine(self, hook):
        first = hook("pg/1")
        first.ok("open-port 80/tcp")
        first.end()
        message = (
            'cannot open 80/tcp (unit "other/0"): port range conflicts with 80/tcp (unit "pg/1")'
        )
        assert hook("other/0").fails("open-port 80/tcp") == (1, message)

    def test_other_machines_have_addresses_of_their_own(self, hook):
        first = hook("pg/1")
        first.ok("open-port 80/tcp")
        first.end()
        assert hook("web/0").ok("open-port 80/tcp") == ""
