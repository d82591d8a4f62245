# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from factory import observed

from agreement import Agreement
from dataops.certificates import Identity, TlsState
from scrape import expiring, scrape_jobs


def targets(**facts) -> dict[str, dict[str, dict[str, str]]]:
    return {
        job["job_name"]: {s["targets"][0]: s["labels"] for s in job["static_configs"]}
        for job in scrape_jobs(observed(**facts))
    }


def test_every_process_is_a_target_with_its_unit() -> None:
    found = targets(addresses={"spark/0": "10.0.0.1", "spark/3": "10.0.0.4"})
    labels = {"juju_unit": "spark/0", "spark_job": "flights-hourly"}
    assert found == {
        "master": {"10.0.0.1:8080": {"juju_unit": "spark/0"}},
        "worker": {
            "10.0.0.1:8100": {"juju_unit": "spark/0"},
            "10.0.0.4:8103": {"juju_unit": "spark/3"},
        },
        "driver": {"10.0.0.1:4040": labels},
        "executor": {"10.0.0.1:4040": labels},
        "job": {"10.0.0.1:4540": labels},
    }


def test_without_jobs_only_the_daemons() -> None:
    assert set(targets(agreement=Agreement(master="10.0.0.1"))) == {"master", "worker"}


def test_a_job_whose_unit_is_not_known_yet_is_left_out() -> None:
    assert "job" not in targets(addresses={"spark/1": "10.0.0.2"})


def test_with_a_certificate_every_target_is_asked_over_tls(certificate: Identity) -> None:
    facts = observed(tls=TlsState(wanted=True, kept=certificate))
    found = {job["job_name"]: job for job in scrape_jobs(facts)}
    assert {name: job["static_configs"][0]["targets"] for name, job in found.items()} == {
        "master": ["10.0.0.1:8480"],
        "worker": ["10.0.0.1:8500"],
        "driver": ["10.0.0.1:4440"],
        "executor": ["10.0.0.1:4440"],
        "job": ["10.0.0.1:4540"],
    }
    for job in found.values():
        assert (job["scheme"], job["tls_config"]) == ("https", {"ca_file": certificate.ca})


def test_certificates_are_told_apart_by_their_ports() -> None:
    facts = observed(addresses={"spark/0": "10.0.0.1", "spark/3": "10.0.0.4"})
    assert expiring(facts, "spark/0") == {"worker": 8500, "master": 8480, "history": 18480}
    assert expiring(facts, "spark/3") == {"worker": 8503}
