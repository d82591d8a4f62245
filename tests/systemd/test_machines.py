# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Machines that boot: as on Juju inside, and at the mercy of whoever pulls a plug outside."""

import socket
import subprocess

import jubilant
import psutil
import pytest

from tests.integration.processes import eventually, runs
from tests.systemd.conftest import onebox

CHARM = "/var/lib/juju/agents/unit-well-0/charm"


@pytest.fixture(scope="module")
def status(juju, charm):
    """Two wells and a tap, each on its machine, related and active."""
    juju.deploy(charm("well"), "well", num_units=2)
    juju.deploy(charm("tap"), "tap")
    juju.integrate("well:water", "tap:water")
    return juju.wait(lambda s: jubilant.all_active(s) and jubilant.all_agents_idle(s))


def on(juju, unit, command):
    return juju.cli("ssh", unit, command).strip()


def address(juju, unit):
    return juju.status().get_units(unit.partition("/")[0])[unit].public_address


def reachable(host):
    """Whether the machine answers at all, be it with a refusal."""
    with socket.socket() as client:
        client.settimeout(2)
        try:
            client.connect((host, 1))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return True


def test_a_hook_runs_inside_where_paths_are_as_on_juju(juju, status):
    ran = juju.exec("pwd; id -u; hostname; cat /proc/1/comm", unit="well/0").stdout.split()
    assert ran == [CHARM, "0", on(juju, "well/0", "hostname"), "systemd"]
    assert on(juju, "well/0", "systemctl is-system-running") == "running"


def test_its_processes_are_its_own(juju, status):
    on(juju, "well/0", "systemd-run --quiet --unit=drip sleep 600")
    assert on(juju, "well/0", "pgrep -c sleep") == "1"
    assert on(juju, "well/1", "systemctl is-active drip || true") == "inactive"


def test_a_service_reaches_its_charm_by_juju_exec(juju, status):
    command = "env -i /usr/bin/juju-exec well/0 'relation-ids water; pwd'"
    printed = on(juju, "well/0", f'systemd-run --quiet --pipe --wait /bin/sh -c "{command}"')
    assert printed.split() == ["water:1", CHARM]
    with pytest.raises(jubilant.CLIError):
        on(juju, "well/0", "/usr/bin/juju-exec well/1 true")


def test_files_go_both_ways(juju, status, tmp_path):
    (tmp_path / "there").write_text("and back")
    juju.scp(tmp_path / "there", "well/0:/srv/there")
    juju.scp("well/0:/srv/there", tmp_path / "back")
    assert (tmp_path / "back").read_text() == "and back"


def test_machines_go_on_while_the_engine_is_away(juju, status):
    before = on(juju, "well/0", "systemctl show --property=UserspaceTimestamp")
    onebox("stop")
    assert on(juju, "well/0", "systemctl show --property=UserspaceTimestamp") == before
    on(juju, "well/0", "systemctl is-active drip")


def test_a_cut_cable_cuts_the_network_and_nothing_else(juju, status):
    host = address(juju, "well/1")
    machine = status.apps["well"].units["well/1"].machine
    assert reachable(host)
    onebox("machine", "cut", machine, "-m", "booted")
    try:
        assert not reachable(host)
        assert on(juju, "well/1", "systemctl is-system-running") == "running"
    finally:
        onebox("machine", "join", machine, "-m", "booted")
    eventually(lambda: reachable(host), 60, "the network is there again")


def test_a_lost_machine_is_lost_until_it_comes_back(juju, status):
    leader = next(n for n, u in juju.status().apps["well"].units.items() if u.leader)
    machine = status.apps["well"].units[leader].machine
    onebox("machine", "stop", machine, "-m", "booted")
    juju.wait(lambda s: s.apps["well"].units[leader].juju_status.current == "lost")
    others = {"well/0", "well/1"} - {leader}
    juju.wait(lambda s: any(s.apps["well"].units[other].leader for other in others))
    assert not juju.status().apps["well"].units[leader].leader
    assert not reachable(status.apps["well"].units[leader].public_address)
    onebox("machine", "start", machine, "-m", "booted")
    juju.wait(lambda s: jubilant.all_active(s) and jubilant.all_agents_idle(s))
    log = f"/var/log/juju/unit-{leader.replace('/', '-')}.log"
    assert on(juju, leader, f"grep -c 'ran \"start\" hook' {log}") == "2"


def test_a_machine_that_reboots_boots_again(juju, status):
    booted = "systemctl show --property=UserspaceTimestamp"
    before = on(juju, "tap/0", booted)
    on(juju, "tap/0", "systemd-run --quiet --on-active=1 systemctl reboot")
    eventually(lambda: on(juju, "tap/0", booted) != before, 60, "it has booted")
    started = "grep -c 'ran \"start\" hook' /var/log/juju/unit-tap-0.log"
    eventually(lambda: on(juju, "tap/0", started) == "2", 60, "the unit knows")
    juju.wait(lambda s: jubilant.all_active(s) and jubilant.all_agents_idle(s))


def test_a_terminated_container_is_noticed(juju, status):
    unit = "tap/0"
    number = status.apps["tap"].units[unit].machine
    name = f"--machine=ob-{juju.show_model().model_uuid[-6:]}-{number}"
    (outer,) = [
        p
        for p in psutil.process_iter(["name", "cmdline"])
        if p.info["name"] == "systemd-nspawn" and name in (p.info["cmdline"] or ())
    ]
    (first,) = outer.children()
    outer.kill()
    juju.wait(lambda s: s.apps["tap"].units[unit].juju_status.current == "lost")
    assert not runs(first)
    onebox("machine", "start", number, "-m", "booted")
    juju.wait(lambda s: jubilant.all_active(s) and jubilant.all_agents_idle(s))


def test_nothing_is_left_of_a_machine(juju, status):
    host = address(juju, "well/1")
    juju.remove_unit("well/1")
    juju.wait(lambda s: "well/1" not in s.apps["well"].units)
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    assert f"ob-{host.replace('.', '-')}" not in listed
    assert not reachable(host)
