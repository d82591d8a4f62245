# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path

import pytest
from factory import access, observed
from hypothesis import given
from hypothesis import strategies as st

import settings
from dataops.certificates import Identity, TlsState, keystore_password
from plan import RunDaemon, RunJob, plan

ETC = Path("/unit/etc/job-flights-hourly")
TMP = Path("/unit/tmp/master")
JARS = (Path("/jars/a.jar"), Path("/jars/b.jar"))


def run_job(**facts) -> RunJob:
    return next(step for step in plan(observed(**facts)) if isinstance(step, RunJob))


def run_daemon(role: str, **facts) -> RunDaemon:
    steps = [step for step in plan(observed(**facts)) if isinstance(step, RunDaemon)]
    return next(step for step in steps if step.role == role)


def declared(**fields: object) -> RunJob:
    """The sample's step with other terms of its job."""
    step = run_job()
    return RunJob(**{**vars(step), "job": step.job.model_copy(update=fields)})


def test_every_process_authenticates_and_encrypts() -> None:
    texts = [
        settings.daemon(run_daemon(role), ETC, TMP) for role in ("master", "worker", "history")
    ]
    for properties in (*texts, settings.job(run_job(), ETC, JARS)):
        assert properties["spark.authenticate"] == "true"
        assert properties["spark.authenticate.secret"] == "shared secret"
        assert properties["spark.network.crypto.enabled"] == "true"


@pytest.mark.parametrize(
    ("role", "namespace", "port"),
    [
        ("master", "standalone", "8480"),
        ("worker", "standalone", "8500"),
        ("history", "historyServer", "18480"),
        ("job", "ui", "4440"),
    ],
)
def test_each_page_has_its_place_for_tls(
    certificate: Identity, role: str, namespace: str, port: str
) -> None:
    tls = TlsState(wanted=True, kept=certificate)
    if role == "job":
        properties = settings.job(run_job(tls=tls), ETC, JARS)
    else:
        properties = settings.daemon(run_daemon(role, tls=tls), ETC, TMP)
    password = keystore_password(certificate)
    assert {name: text for name, text in properties.items() if name.startswith("spark.ssl.")} == {
        f"spark.ssl.{namespace}.enabled": "true",
        f"spark.ssl.{namespace}.port": port,
        f"spark.ssl.{namespace}.keyStore": str(ETC / "keystore.p12"),
        f"spark.ssl.{namespace}.keyStoreType": "PKCS12",
        f"spark.ssl.{namespace}.keyStorePassword": password,
        f"spark.ssl.{namespace}.keyPassword": password,
    }


def test_without_a_certificate_nothing_is_said_of_tls() -> None:
    for properties in (
        settings.daemon(run_daemon("master"), ETC, TMP),
        settings.job(run_job(), ETC, JARS),
    ):
        assert "spark.ssl" not in json.dumps(properties)
    assert "certificate" not in settings.description(run_job(), Path("/run/x.json"))
    assert settings.certified(None) == {}


def test_the_job_runner_is_told_where_its_certificate_is(certificate: Identity) -> None:
    step = run_job(tls=TlsState(wanted=True, kept=certificate))
    told = json.loads(settings.description(step, Path("/run/x.json")))
    assert (told["certificate"], told["authorities"]) == ("certificate.pem", "authorities.pem")
    files = settings.certified(certificate)
    assert files["certificate.pem"] == certificate.key + certificate.chain
    assert files["authorities.pem"] == certificate.ca


def test_nobody_submits_or_kills_without_authentication() -> None:
    properties = settings.daemon(run_daemon("master"), ETC, TMP)
    assert properties["spark.master.rest.enabled"] == "false"
    assert properties["spark.ui.killEnabled"] == "false"


def test_a_killed_master_remembers_whom_it_had_and_waits_for_them_briefly() -> None:
    properties = settings.daemon(run_daemon("master"), ETC, TMP)
    told = {name: text for name, text in properties.items() if name.startswith("spark.deploy.")}
    assert told == {
        "spark.deploy.recoveryMode": "FILESYSTEM",
        "spark.deploy.recoveryDirectory": str(TMP / "recovery"),
        "spark.deploy.recoveryTimeout": "20s",
    }
    assert "spark.deploy" not in str(settings.daemon(run_daemon("worker"), ETC, TMP))


def test_a_worker_that_was_cut_off_for_a_week_is_still_known() -> None:
    silent_minutes = int(
        settings.daemon(run_daemon("master"), ETC, TMP)["spark.dead.worker.persistence"]
    )
    assert silent_minutes > 7 * 24 * 60


def test_a_local_checkpoint_keeps_the_executor_on_its_unit() -> None:
    assert settings.job(run_job(), ETC, JARS)["spark.executor.resource.unit0.amount"] == "1"
    marks = json.loads(settings.resources(0, 3))
    assert marks[0]["id"]["resourceName"] == "unit0"
    assert len(marks[0]["addresses"]) == 3


def test_a_shared_checkpoint_lets_executors_run_anywhere() -> None:
    properties = settings.job(declared(checkpoint="s3a://bucket/x", cores=3), ETC, JARS)
    assert not [name for name in properties if "resource" in name]
    assert (properties["spark.executor.cores"], properties["spark.cores.max"]) == ("1", "3")


def test_the_job_runner_reads_no_secret() -> None:
    step = run_job()
    granted = settings.granted(step)
    for text in (settings.description(step, Path("/run/x.json")), granted[settings.ACCESS]):
        assert "password" not in text
        assert "username" not in text
        assert "BEGIN CERTIFICATE" not in text
    options = json.loads(granted[settings.ACCESS])["input"]
    assert options["kafka.security.protocol"] == "SASL_SSL"
    file = next(iter(granted))
    assert options["kafka.sasl.jaas.config"] == f"${{file:{file}:input.login}}"
    assert options["groupIdPrefix"] == "relation-1-flights-flights-hourly"


def test_other_secrets_have_another_file() -> None:
    first, again = (next(iter(settings.granted(run_job()))) for _ in range(2))
    accesses = {t: access(t, password="new") for t in ("flights", "flights-hourly")}
    other = next(iter(settings.granted(run_job(accesses=accesses))))
    assert first == again != other


def test_input_and_output_have_their_own_users() -> None:
    found = settings.credentials(run_job())
    assert 'username="relation-1-flights"' in found["input.login"]
    assert 'username="relation-1-flights-hourly"' in found["output.login"]


def test_kafka_without_tls() -> None:
    accesses = {t: access(t, tls=False, tls_ca="") for t in ("flights", "flights-hourly")}
    options = json.loads(settings.granted(run_job(accesses=accesses))[settings.ACCESS])["output"]
    assert options["kafka.security.protocol"] == "SASL_PLAINTEXT"
    assert not [name for name in options if "ssl" in name]


def test_files_lie_in_the_storage_or_where_the_uri_says() -> None:
    assert settings.location("out", Path("/data/parquet")) == "file:///data/parquet/out"
    assert settings.location("/srv/out", Path("/data/parquet")) == "file:///srv/out"
    assert settings.location("s3a://bucket/out", Path("/data")) == "s3a://bucket/out"


def test_a_batch_may_be_limited() -> None:
    step = run_job()
    source = step.job.input.model_copy(update={"max_rows_per_batch": 500})
    options = json.loads(settings.granted(declared(input=source))[settings.ACCESS])["input"]
    assert options["maxOffsetsPerTrigger"] == "500"


def java_properties(text: str) -> dict[str, str]:
    """What java.util.Properties reads from our simple subset."""
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    pairs = (line.partition("=") for line in lines)
    return {key: json.loads(f'"{value}"') for key, _, value in pairs}


@given(st.text(st.characters(codec="ascii", exclude_characters='"\r\0', min_codepoint=10)))
def test_java_reads_the_value_that_was_written(value: str) -> None:
    printable = "".join(c for c in value if c == "\n" or c >= " ").lstrip(" ")
    assert java_properties(settings.properties({"name": printable})) == {"name": printable}


def test_a_password_cannot_break_out_of_its_quotes() -> None:
    accesses = {t: access(t, password='a"b\\c') for t in ("flights", "flights-hourly")}
    login = settings.credentials(run_job(accesses=accesses))["input.login"]
    assert login.endswith('password="a\\"b\\\\c";')
