# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import json
import stat
from pathlib import Path

from cryptography.hazmat.primitives.serialization import pkcs12
from factory import AGREEMENT, access, observed

from cluster import Spark
from dataops.certificates import Identity, TlsState, keystore_password
from dataops.interfaces.kafka_client import Access
from dataops.testing import FakePackages, FakeServices
from dataops.testing.authority import FakeAuthority
from job_progress import Progress
from job_store import JobStore
from plan import RemoveAll, plan


def test_everything_runs_and_then_nothing_changes(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    assert spark.converge(plan(observed(data)))
    assert set(fake_services.running) == {
        *("master", "worker", "history", "watch", "job-flights-hourly")
    }
    before = list(fake_services.journal)
    assert not spark.converge(plan(observed(data)))
    assert fake_services.journal == before


def test_secrets_are_only_in_files_of_the_workloads_user(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    spark.converge(plan(observed(data)))
    for service in fake_services.defined.values():
        told = " ".join((*service.command, *service.environment.values()))
        assert "password" not in told
        assert "shared secret" not in told
    found = [path for path in spark.paths.root.rglob("*") if path.is_file()]
    secret = [path for path in found if b"password of" in path.read_bytes()]
    secret += [path for path in found if b"shared secret" in path.read_bytes()]
    (credentials,) = spark.paths.etc.glob("job-flights-hourly/kafka-*.properties")
    assert {path.name for path in secret} == {credentials.name, "spark-defaults.conf"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert stat.S_IMODE(spark.paths.etc.stat().st_mode) == 0o700
    assert stat.S_IMODE((spark.paths.root / "work").stat().st_mode) == 0o700


def rotated() -> dict[str, Access]:
    """Access with other passwords."""
    return {t: access(t, password="new") for t in ("flights", "flights-hourly")}


def says(spark: Spark, **what: str) -> None:
    """What the job tells of itself."""
    progress = spark.progress_file("flights-hourly")
    progress.parent.mkdir(parents=True, exist_ok=True)
    Progress(**what).save(progress)


def test_a_job_goes_over_to_new_credentials_by_itself(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    steps = plan(observed(data))
    spark.converge(steps)
    directory = spark.paths.etc / "job-flights-hourly"
    first = json.loads((directory / "access.json").read_text())["credentials"]
    assert spark.users(steps) is None and not spark.at_work("flights-hourly")
    says(spark, credentials=first)
    assert spark.users(steps) == {"relation-1-flights", "relation-1-flights-hourly"}
    fake_services.journal.clear()
    steps = plan(observed(data, accesses=rotated()))
    assert spark.converge(steps)
    second = json.loads((directory / "access.json").read_text())["credentials"]
    # Until it has, both files are there, and nothing is said of whom it works with.
    assert {path.name for path in directory.glob("kafka*.properties")} == {first, second}
    assert spark.users(steps) is None
    says(spark, credentials=second)
    assert not spark.converge(steps)
    assert spark.users(steps) and spark.at_work("flights-hourly")
    assert [path.name for path in directory.glob("kafka*.properties")] == [second]
    assert fake_services.journal == []


def test_a_job_starts_before_kafka_grants_and_takes_up_what_it_grants(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    spark.converge(plan(observed(data, accesses={})))
    assert spark.running("job-flights-hourly") and not spark.job_running("flights-hourly")
    directory = spark.paths.etc / "job-flights-hourly"
    assert not (directory / "access.json").exists()
    fake_services.journal.clear()
    assert spark.converge(plan(observed(data)))
    assert fake_services.journal == [] and spark.job_running("flights-hourly")
    options = json.loads((directory / "access.json").read_text())
    assert options["input"]["subscribe"] == "flights"
    assert options["output"]["topic"] == "flights-hourly"
    assert spark.converge(plan(observed(data, accesses=rotated())))


def test_a_job_at_work_goes_on_while_kafka_grants_nothing(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    spark.converge(plan(observed(data)))
    fake_services.journal.clear()
    assert not spark.converge(plan(observed(data, accesses={})))
    assert fake_services.journal == [] and spark.job_running("flights-hourly")


def test_another_master_restarts_what_talks_to_it(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    follower = {"unit": "spark/1", "address": "10.0.0.2", "leader": False}
    spark.converge(plan(observed(data, **follower)))
    fake_services.journal.clear()
    elsewhere = AGREEMENT.model_copy(update={"master": "10.0.0.7"})
    spark.converge(plan(observed(data, agreement=elsewhere, **follower)))
    assert fake_services.journal == [("ensure", "worker"), ("stop", "worker"), ("start", "worker")]


def test_a_unit_that_leads_no_more_runs_no_master(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    spark.converge(plan(observed(data)))
    spark.converge(plan(observed(data, leader=False)))
    assert not {"master", "history"} & set(fake_services.running)
    assert not (spark.paths.etc / "master").exists()


def test_a_stopped_job_ends_and_starts_again(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    spark.converge(plan(observed(data)))
    spark.converge(plan(observed(data, stopped=frozenset({"flights-hourly"}))))
    assert not spark.job_running("flights-hourly")
    spark.converge(plan(observed(data)))
    assert spark.job_running("flights-hourly")


def test_a_program_that_came_to_its_end_is_not_repeated(
    spark: Spark, data: Path, fake_services: FakeServices, tmp_path: Path
) -> None:
    script = tmp_path / "mine.py"
    script.write_text("print(1)")
    program = JobStore(data).submit("mine", script, ("a",), 1)
    spark.converge(plan(observed(data, submitted=(program,))))
    service = fake_services.running["job-mine"]
    assert service.command[1:] == ("script.py", "a")
    assert service.restart == "on-failure"
    fake_services.stop("job-mine")
    assert not spark.converge(plan(observed(data, submitted=(program,))))
    script.write_text("print(2)")
    program = JobStore(data).submit("mine", script, ("a",), 1)
    assert spark.converge(plan(observed(data, submitted=(program,))))


def test_every_process_listens_on_the_units_address_alone(
    spark: Spark, data: Path, fake_services: FakeServices
) -> None:
    spark.converge(plan(observed(data)))
    for role in ("master", "worker"):
        command = fake_services.running[role].command
        assert command[command.index("--host") + 1] == "10.0.0.1"
    for name in ("master", "worker", "history", "job-flights-hourly"):
        assert fake_services.running[name].environment["SPARK_LOCAL_IP"] == "10.0.0.1"
    job = json.loads((spark.paths.etc / "job-flights-hourly" / "job.json").read_text())
    assert job["metrics"] == ["10.0.0.1", 4540]


def secured(certificate: Identity, **fields) -> dict:
    return {"tls": TlsState(wanted=True, kept=certificate), **fields}


def test_a_new_certificate_starts_every_process_anew_and_another_authority_none(
    spark: Spark, data: Path, fake_services: FakeServices, certificate: Identity
) -> None:
    spark.converge(plan(observed(data, **secured(certificate))))
    other = FakeAuthority("other")
    trusting = dataclasses.replace(certificate, ca=certificate.ca + other.pem)
    fake_services.journal.clear()
    spark.converge(plan(observed(data, **secured(trusting))))
    assert fake_services.journal == []
    job = spark.paths.etc / "job-flights-hourly"
    assert other.pem in (job / "authorities.pem").read_text()
    renewed = other.identity("10.0.0.1")
    spark.converge(plan(observed(data, **secured(renewed))))
    started = {name for what, name in fake_services.journal if what == "start"}
    assert started == {"master", "worker", "history", "job-flights-hourly"}
    for name in started:
        opened = pkcs12.load_key_and_certificates(
            (spark.paths.etc / name / "keystore.p12").read_bytes(),
            keystore_password(renewed).encode(),
        )
        assert opened[1] and opened[1].serial_number == int(renewed.leaf.serial, 16)


def test_a_certificate_goes_with_the_relation(
    spark: Spark, data: Path, certificate: Identity
) -> None:
    before = sorted(_files(spark, data))
    spark.converge(plan(observed(data, **secured(certificate))))
    assert spark.identity.read() == certificate
    assert sorted(_files(spark, data)) == before
    assert spark.identity.read() is None


def _files(spark: Spark, data: Path) -> list[str]:
    """The names of all that is told to processes without a certificate."""
    spark.converge(plan(observed(data)))
    return [str(path) for path in spark.paths.etc.rglob("*") if path.is_file()]


def test_key_and_password_are_only_in_files_of_the_workloads_user(
    spark: Spark, data: Path, fake_services: FakeServices, certificate: Identity
) -> None:
    spark.converge(plan(observed(data, **secured(certificate))))
    password = keystore_password(certificate)
    for service in fake_services.defined.values():
        assert password not in " ".join((*service.command, *service.environment.values()))
    found = [path for path in spark.paths.root.rglob("*") if path.is_file()]
    words = (password.encode(), certificate.key.strip().encode())
    secret = [path for path in found if any(word in path.read_bytes() for word in words)]
    assert {path.name for path in secret} == {
        *("certificate.pem", "pages-key.pem", "spark-defaults.conf")
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}


def test_what_cannot_be_done_is_said_and_the_rest_left_alone(
    spark: Spark, data: Path, fake_services: FakeServices, fake_packages: FakePackages
) -> None:
    spark.converge(plan(observed(data)))
    fake_packages.java = None
    running = dict(fake_services.running)
    assert not spark.converge(plan(observed(data)))
    assert spark.failure == "No Java 17 or newer"
    assert fake_services.running == running


def test_nothing_is_left_behind(spark: Spark, data: Path, fake_services: FakeServices) -> None:
    spark.converge(plan(observed(data)))
    spark.converge([RemoveAll()])
    assert not fake_services.defined
    assert not spark.paths.root.exists()
