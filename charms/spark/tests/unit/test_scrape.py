# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from factory import observed

from agreement import Agreement
from scrape import scrape_jobs


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
