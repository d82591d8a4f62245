# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The real Prometheus under the real supervisor: run, reloaded, restarted, refused, retired."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import signal
import socket
import time

import pytest
from factory import ACCOUNTS, CERTIFICATE, DOWN, TLS, observed, source, tls

from accounts import OWN, Accounts, Holder
from bridge import SERVICE, Bridge
from dataops.certificates import ask_port
from dataops.host.paths import UnitPaths
from dataops.host.services import manager
from dataops.testing import eventually
from errors import ApiError
from observed import Config
from plan import Retire, plan

ADDRESS, PORT = "127.47.9.1", 9090
WORKLOAD = pathlib.Path(__file__).parents[2] / "workload.txt"
BAD = {"alert": "Bad", "expr": "up =="}


class Site:
    """One unit's place, with a bridge in it."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        (root / "charm").mkdir()
        (root / "data").mkdir()
        self.paths = UnitPaths.beside(root / "charm")
        self.services = manager(self.paths, "prometheus/0")
        self.bridge = Bridge(self.paths, self.services, WORKLOAD)

    def converge(self, **changes):
        """Applies the plan that these facts make; the condition afterwards."""
        facts = observed(self.root, **{"address": ADDRESS, **changes})
        self.bridge.converge(plan(facts))
        return self.bridge.condition(facts.url, facts.data, facts.user)

    def pid(self):
        """The process."""
        return self.services.state(SERVICE).pid


@pytest.fixture
def site(tmp_path, promtool):
    if shutil.which("prometheus") is None:
        pytest.fail("Cannot find prometheus: sudo apt-get install --yes prometheus")
    made = Site(tmp_path)
    yield made
    made.bridge.converge((Retire(),))


@contextlib.contextmanager
def listener(port):
    """Somebody else on a port of ours."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((ADDRESS, port))
        other.listen()
        yield


def fast(**changes):
    return Config(scrape_interval="1s", **changes)


def test_it_runs_reloads_without_restart_and_retires(site):
    first = site.converge(config=fast())
    assert first.ready and first.failure == ""
    pid = site.pid()

    site.converge(
        config=fast(),
        sources=(
            source(
                DOWN,
                address=ADDRESS,
                target="*:9090",
                basic_auth={"username": OWN, "password": "hush"},
            ),
        ),
    )

    assert site.pid() == pid
    api = site.bridge.api(f"http://{ADDRESS}:9090", OWN)
    assert "KafkaDown" in [rule["name"] for rule in api.rules()]
    scraped = 'up{juju_application="kafka",juju_unit="kafka/0"} == 1'
    eventually(lambda: api.query(scraped)["result"])
    (group,) = site.bridge.alert_rules()["groups"]
    assert group["rules"][0]["alert"] == "KafkaDown"

    site.bridge.converge((Retire(),))
    assert not api.ready()
    assert not site.paths.root.exists()


def test_a_rule_that_does_not_parse_is_named_and_the_rest_serves(site):
    condition = site.converge(sources=(source(BAD, DOWN),))

    assert condition.ready and condition.failure == ""
    assert [refusal.what for refusal in condition.refusals] == ["rule Bad"]
    assert site.converge(sources=(source(DOWN),)).refusals == ()


def test_a_killed_process_comes_back_by_itself_with_its_samples(site):
    site.converge(config=fast())
    api = site.bridge.api(f"http://{ADDRESS}:9090", OWN)
    eventually(lambda: api.query("count_over_time(up[1h])")["result"])
    pid, before = site.pid(), time.time()

    os.kill(pid, signal.SIGKILL)

    eventually(lambda: site.pid() not in (None, pid) and api.ready())
    assert api.query("up", time=str(before))["result"]


def test_a_reload_that_was_lost_is_made_up_for(site):
    """The hook ends between writing a configuration and loading it: the next one notices."""
    site.converge()
    facts = observed(site.root, address=ADDRESS, sources=(source(DOWN),))
    *configuration, _ = plan(facts)
    site.bridge.converge(configuration)
    api = site.bridge.api(facts.url, facts.user)
    assert "KafkaDown" not in [rule["name"] for rule in api.rules()]

    site.bridge.converge(plan(facts))

    assert "KafkaDown" in [rule["name"] for rule in api.rules()]


def test_a_port_that_is_taken_is_named_with_the_next_move(site):
    with listener(9090):
        condition = site.converge()
    assert "Port 9090 of 127.47.9.1 is taken" in condition.failure
    assert "juju config <application> port=" in condition.failure

    assert site.converge().failure == ""


def test_a_new_port_that_is_taken_leaves_the_running_process_alone(site):
    site.converge()
    pid = site.pid()
    with listener(9095):
        condition = site.converge(config=Config(port=9095))
    assert "Port 9095" in condition.failure
    assert site.pid() == pid

    condition = site.converge(config=Config(port=9095))
    assert condition.ready and condition.failure == ""


def test_a_process_that_cannot_start_says_why(site):
    (site.root / "data" / "prometheus" / "chunks_head").mkdir(parents=True)
    (site.root / "data" / "prometheus" / "wal").write_text("no directory")

    condition = site.converge()

    assert not condition.ready
    assert condition.failure.startswith("Prometheus does not start: ")
    assert "wal" in condition.failure


def test_facts_that_are_missing_leave_everything_alone(site):
    site.converge()
    pid = site.pid()
    assert site.converge(config=None).ready
    assert site.pid() == pid


def test_keys_are_for_the_workload_only_and_go_with_the_certificate(site):
    facts = observed(site.root, address=ADDRESS, tls=TLS)
    install, secure, *_ = plan(facts)
    site.bridge.converge((install, secure))
    key = site.paths.etc / "web-key.pem"
    assert key.read_text() == CERTIFICATE.key
    assert key.stat().st_mode & 0o077 == 0

    _, secure, *_ = plan(observed(site.root, address=ADDRESS))
    site.bridge.converge((secure,))

    assert not key.exists()
    assert not (site.paths.etc / "web-tls.yml").exists()


def test_https_takes_over_the_port_of_http(site):
    """The port is taken, but by ourselves."""
    site.converge()
    first = tls(ADDRESS)

    condition = site.converge(tls=first)

    assert condition.failure == "" and condition.ready
    renewed, process = tls(ADDRESS), site.bridge.process
    assert ask_port(ADDRESS, PORT).leaf.serial == first.assigned.serial
    assert site.converge(tls=renewed).ready
    # The new certificate is served, and by the same process.
    assert ask_port(ADDRESS, PORT).leaf.serial == renewed.assigned.serial
    assert site.bridge.process == process is not None
    assert site.converge().ready


def test_passwords_change_without_a_restart_and_without_a_gap(site):
    """Both are let in at first, then only the new one; the process and its own scrape go on."""
    first = observed(site.root, address=ADDRESS, config=fast())
    site.bridge.converge(plan(first))
    pid, api = site.pid(), site.bridge.api(first.url)
    assert not api.refuses("admin", "hush") and api.refuses("admin", "wrong")
    with pytest.raises(ApiError, match="401"):
        api.targets()

    both = first.knowing(_renewed(ACCOUNTS))
    site.bridge.converge(plan(both))
    assert not api.refuses("admin", "hush") and not api.refuses("admin.2", "hush")
    assert site.bridge.condition(both.url, both.data, both.user).ready

    after = first.knowing(_settled(both.accounts))
    site.bridge.converge(plan(after))
    assert api.refuses("admin", "hush") and not api.refuses("admin.2", "hush")
    assert site.pid() == pid
    assert [path.name for path in site.paths.etc.glob("password-*")] == ["password-prometheus.2"]
    assert (site.paths.etc / "password-prometheus.2").stat().st_mode & 0o077 == 0
    own = site.bridge.api(after.url, after.user)
    scraped = "count_over_time(up{job='prometheus'}[2s])"
    eventually(lambda: own.query(scraped)["result"])
    assert own.query("min_over_time(up{job='prometheus'}[1h])")["result"][0]["value"][1] == "1"


def test_who_need_not_log_in_is_let_in_without(site):
    facts = observed(site.root, address=ADDRESS, config=Config(require_password=False))
    site.bridge.converge(plan(facts))
    assert site.bridge.api(facts.url).ready()
    assert not list(site.paths.etc.glob("password-*"))


def _renewed(accounts):
    """With a second account beside each; the hash is that of the same password."""
    holders = {
        name: Holder(2, dataclasses.replace(one.now, user=f"{name}.2"), one.now)
        for name, one in accounts.holders.items()
    }
    return Accounts(holders)


def _settled(accounts):
    """Without the old ones."""
    holders = {n: dataclasses.replace(one, old=None) for n, one in accounts.holders.items()}
    return Accounts(holders)
