# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A renewal hook by hook, through the whole charm without processes."""

import dataclasses
import datetime

import pytest
from certificate_story import Site
from ops import testing

from dataops.certificates import RenewCertificates, TlsState
from dataops.operations import Context
from dataops.rolling import Go, Hold
from job_progress import Progress
from operations.renew_certificates import VERB

DAY = datetime.timedelta(days=1)
DAEMONS = {"master", "worker", "history"}
EVERYTHING = {*DAEMONS, "job-flights-hourly"}


def test_nothing_starts_before_the_certificate_is_there(
    charm_dir, unit_paths, fake_services, fake_packages, tmp_path, monkeypatch
):
    site = Site(charm_dir, unit_paths, fake_services, tmp_path, monkeypatch)
    assert site.message.startswith("waiting for a certificate from the provider")
    assert site.started() == set()
    site.answered()
    assert site.started() >= DAEMONS
    assert {port.port for port in site.state.opened_ports} == {8480, 8500, 18480}


def test_a_renewal_starts_each_process_anew_and_every_port_proves_it(site):
    old, _ = site.serial, site.started()
    assert "is asked for" in site.run()["message"]
    assert site.serial == old and site.started() == set()
    site.answered()
    assert site.started() == EVERYTHING
    done = site.run()
    assert (done["old"], done["serial"]) == (old, site.serial) and old != site.serial
    assert "8480" in str(done["ports"]) and "4540" in str(done["ports"])


def test_it_has_not_ended_before_the_jobs_run_again(site):
    site.run()
    site.job = "starting"
    site.answered()
    assert site.run()["message"] == "flights-hourly is starting"
    site.job = "running"
    assert site.run()["serial"] == site.serial


def test_a_port_that_serves_nothing_yet_is_waited_for(site):
    site.run()
    site.answered()
    site.silent = {4440}
    assert "port 4440 (flights-hourly) serves none" in site.run()["message"]


def test_a_refusal_is_told_even_while_a_job_is_down(site):
    site.run()
    site.job = "failed"
    site.state = site.root.refuse(site.state)
    site.wake()
    assert site.state.unit_status.name == "blocked" and "IP_NOT_ALLOWED" in site.message
    with pytest.raises(testing.ActionFailed, match="run this again"):
        site.run()


def test_a_certificate_of_no_use_starts_nothing_anew(site):
    old, _ = site.serial, site.started()
    site.run()
    site.answered(names=["192.0.2.9"])
    assert site.serial == old and site.started() == set()
    assert "new certificate not used: it is for 192.0.2.9" in site.message


def test_what_expired_while_everything_was_down_recovers_by_itself(site):
    site.answered(start=-2 * DAY, end=-DAY)
    assert "waiting for a certificate" in site.message
    site.answered()
    assert "certificate" not in site.message


def test_a_provider_that_leaves_takes_tls_along(site):
    (relation,) = site.state.get_relations("certificates")
    site.started()
    assert len(keys(site)) == 1
    site.wake(site.context.on.relation_broken(relation))
    others = {one for one in site.state.relations if one.id != relation.id}
    site.state = dataclasses.replace(site.state, relations=others)
    site.wake()
    assert keys(site) == []
    assert site.files.read() is None and site.started() == EVERYTHING
    assert "8080" in str(site.told("scrape_jobs")) and "https" not in str(site.told("scrape_jobs"))
    assert "_certificates" not in str(site.told("alert_rules"))


def keys(site):
    """The private keys that Juju has."""
    contents = [one.latest_content or {} for one in site.state.secrets]
    return [one for one in contents if "private-key" in one]


def test_its_turn_comes_while_every_job_runs(spark, facts, certificate):
    def turn(state, **fields):
        found = facts(**fields)
        progress = Progress()
        progress.enter(state)
        progress.save(spark.progress_file("flights-hourly"))
        return VERB.turn(Context(found, Renewing(spark), RenewCertificates()))

    tls = TlsState(wanted=True, kept=certificate)
    assert turn("starting", tls=tls) == Hold("flights-hourly is starting")
    assert isinstance(turn("running", tls=tls), Go)
    # Who serves no TLS has nothing to start anew.
    assert isinstance(turn("starting"), Go)


class Renewing:
    """A workload that has begun no renewal."""

    def __init__(self, spark):
        self.progress = spark.progress

    def site(self, _):
        return self

    @property
    def ledger(self):
        return self

    def read(self):
        return None
