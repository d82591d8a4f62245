# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Spark, Kafka's client and the job runner are told, as the texts of their files; pure.

Secrets are in ``spark-defaults.conf`` and ``kafka-*.properties`` alone, which only the workload's
user reads. Kafka's file provider puts the latter's values in where a client connects, on the
driver and, by Spark's own distribution of files, on the executors.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataops.certificates import Identity, keystore_password
from dataops.interfaces.kafka_client import Access
from dataops.rotation import fingerprint
from plan import Cluster, RunDaemon, RunJob, RunProgram
from ports import secure

CREDENTIALS = "kafka*.properties"
ACCESS = "access.json"
# Of the process's pages: for Spark, and for the page of the job runner with whom it trusts.
KEYSTORE = "keystore.p12"
CERTIFICATE = "certificate.pem"
AUTHORITIES = "authorities.pem"
# A master that has forgotten a silent worker ignores it for ever, when it is heard again: after a
# cut cable, or a machine that was suspended. So it forgets none; its usual time are 15 minutes.
_MINUTES_IN_MIND = 1_000_000
# How long a master that came back waits for those it remembers, before it gives anybody anything
# to do: after a start of the whole machine, nobody is left who could answer. Usual are 60 seconds.
_RECOVERY = "20s"
_CACHED = ("consumer", "producer")
_CACHE = ("timeout", "evictorThreadRunInterval")


def daemon(step: RunDaemon, directory: Path, scratch: Path) -> dict[str, str]:
    """The properties of a master, worker or history server.

    Args:
        step: which, and how.
        directory: where its files are.
        scratch: where it keeps what it may lose when it is told something else.
    """
    namespace = "historyServer" if step.role == "history" else "standalone"
    properties = _security(step.cluster) | {"spark.port.maxRetries": "0"}
    properties |= _tls(step.cluster, namespace, directory, step.ui_port)
    if step.role == "master":
        # Submission by HTTP knows no authentication, and kill buttons ask nobody.
        properties |= {"spark.master.rest.enabled": "false", "spark.ui.killEnabled": "false"}
        properties |= {"spark.dead.worker.persistence": str(_MINUTES_IN_MIND)}
        # Killed and started again, it knows its workers and jobs, and these go on undisturbed.
        properties |= {
            "spark.deploy.recoveryMode": "FILESYSTEM",
            "spark.deploy.recoveryDirectory": str(scratch / "recovery"),
            "spark.deploy.recoveryTimeout": _RECOVERY,
        }
    if step.role == "worker":
        properties |= {
            "spark.worker.cleanup.enabled": "true",
            "spark.worker.cleanup.appDataTtl": "86400",
            "spark.worker.resourcesFile": str(directory / "resources.json"),
        }
    if step.role == "history":
        properties |= {
            "spark.history.fs.logDirectory": event_logs(step.cluster),
            "spark.history.ui.port": str(step.ui_port),
            "spark.history.fs.cleaner.enabled": "true",
            "spark.history.fs.eventLog.rolling.maxFilesToRetain": "2",
        }
    return properties


def resources(unit: int, cores: int) -> str:
    """The worker's marks, one per core: a job that asks for one gets its executor on this unit."""
    mark = {"componentName": "spark.worker", "resourceName": _mark(unit)}
    return json.dumps([{"id": mark, "addresses": [str(n) for n in range(cores)]}])


def job(step: RunJob, directory: Path, jars: tuple[Path, ...]) -> dict[str, str]:
    """The properties of a declared job's driver.

    Args:
        step: which, and how.
        directory: where its files are.
        jars: the Kafka connector.
    """
    declared = step.job
    properties = _driver(step.cluster, declared.cores, jars, str(step.ui_port))
    properties |= _tls(step.cluster, "ui", directory, step.ui_port)
    properties |= {
        "spark.sql.shuffle.partitions": str(declared.partitions),
        # Who goes over to new credentials leaves no connection with the old ones behind for long.
        **{f"spark.kafka.{kind}.cache.{key}": "30s" for kind in _CACHED for key in _CACHE},
        # Metrics keep their names when the application's id changes; labels tell jobs apart.
        "spark.metrics.namespace": "job",
    }
    if not declared.checkpoint:
        properties[f"spark.executor.resource.{_mark(step.unit)}.amount"] = "1"
    else:
        properties["spark.executor.cores"] = "1"
    return properties


def program(step: RunProgram, directory: Path, jars: tuple[Path, ...]) -> dict[str, str]:
    """The properties of a submitted program's driver; its pages get any free port."""
    properties = _driver(step.cluster, step.program.cores, jars, "0")
    return properties | _tls(step.cluster, "ui", directory, 0)


def certified(certificate: Identity | None) -> dict[str, str]:
    """What a job runner's own page serves, and by whom it trusts the master's; by file."""
    if certificate is None:
        return {}
    return {CERTIFICATE: certificate.key + certificate.chain, AUTHORITIES: certificate.ca}


def description(step: RunJob, progress: Path) -> str:
    """What the job runner reads when it starts; no secret is in it."""
    declared, output = step.job, step.job.output
    contents: dict[str, Any] = {
        "name": declared.name,
        "input": {
            "schema": declared.input.columns,
            "event_time": declared.input.event_time,
            "watermark": declared.input.watermark,
        },
        "sql": declared.sql,
        "output": {"format": "parquet" if output.path else "kafka", "key": output.key},
        "output_mode": declared.output_mode,
        "trigger": declared.trigger,
        "checkpoint": declared.checkpoint
        or location(declared.name, step.cluster.data / "checkpoints"),
        "progress": str(progress),
        "metrics": [step.cluster.address, step.metrics_port],
        "master_ui": step.cluster.master_ui,
    }
    if step.cluster.certificate:
        contents |= {"certificate": CERTIFICATE, "authorities": AUTHORITIES}
    return json.dumps(contents, indent=2)


def granted(step: RunJob) -> dict[str, str]:
    """The files that the job runner watches, in the order of their writing; none without access.

    The first holds the secrets, the second names the places in it. Other secrets have another
    file: Spark keeps connections by what they were told, and an executor a file by its name.
    """
    if step.reads is None:
        return {}
    declared, output = step.job, step.job.output
    secrets = properties(credentials(step))
    file = f"kafka-{fingerprint(secrets)}.properties"
    source = kafka_options(step.reads, file, "input") | {
        "subscribe": declared.input.topic,
        "startingOffsets": declared.input.starting_offsets,
        "groupIdPrefix": f"{step.reads.consumer_group_prefix}{declared.name}",
    }
    if declared.input.max_rows_per_batch:
        source["maxOffsetsPerTrigger"] = str(declared.input.max_rows_per_batch)
    if step.writes:
        sink = kafka_options(step.writes, file, "output") | {"topic": output.topic}
    else:
        sink = {"path": location(output.path, step.cluster.data / "parquet")}
    options = json.dumps({"credentials": file, "input": source, "output": sink}, indent=2)
    return {file: secrets, ACCESS: options}


def kafka_options(access: Access, file: str, side: str) -> dict[str, str]:
    """Options of Spark's Kafka source or sink, which name the credentials' place."""
    options = {
        "kafka.bootstrap.servers": access.endpoints,
        "kafka.security.protocol": "SASL_SSL" if access.tls else "SASL_PLAINTEXT",
        "kafka.sasl.mechanism": "SCRAM-SHA-512",
        "kafka.sasl.jaas.config": f"${{file:{file}:{side}.login}}",
        "kafka.config.providers": "file",
        "kafka.config.providers.file.class": (
            "org.apache.kafka.common.config.provider.FileConfigProvider"
        ),
    }
    if access.tls:
        options["kafka.ssl.truststore.type"] = "PEM"
        options["kafka.ssl.truststore.certificates"] = f"${{file:{file}:{side}.ca}}"
    return options


def credentials(step: RunJob) -> dict[str, str]:
    """The properties that Kafka's file provider reads."""
    found: dict[str, str] = {}
    for side, access in (("input", step.reads), ("output", step.writes)):
        if access:
            found[f"{side}.login"] = _login(access)
            found[f"{side}.ca"] = access.tls_ca
    return found


def properties(values: Mapping[str, str]) -> str:
    """A file of Java properties."""
    lines = (f"{name}={_escaped(value)}\n" for name, value in sorted(values.items()))
    return "# Written by the charm.\n" + "".join(lines)


def event_logs(cluster: Cluster) -> str:
    """Where drivers write what they do, and the history server reads it."""
    return (cluster.data / "event-logs").as_uri()


def location(path: str, base: Path) -> str:
    """The URI of a path below the base, of an absolute path, or the URI that it is."""
    return path if ":/" in path else (base / path).as_uri()


def java_options(scratch: Path) -> str:
    """Options of every JVM, executors included: small, IPv4, no file outside the unit's tree."""
    return (
        "-XX:+UseSerialGC -XX:-UsePerfData -Djava.net.preferIPv4Stack=true"
        f" -Djava.io.tmpdir={scratch}"
    )


def _driver(cluster: Cluster, cores: int, jars: tuple[Path, ...], ui_port: str) -> dict[str, str]:
    return _security(cluster) | {
        "spark.master": cluster.master,
        "spark.submit.deployMode": "client",
        "spark.driver.host": cluster.address,
        "spark.driver.bindAddress": cluster.address,
        "spark.driver.memory": cluster.config.driver_memory,
        "spark.executor.memory": cluster.config.executor_memory,
        "spark.cores.max": str(cores),
        "spark.port.maxRetries": "0",
        "spark.jars": ",".join(map(str, jars)),
        "spark.ui.port": ui_port,
        "spark.ui.killEnabled": "false",
        "spark.ui.prometheus.enabled": "true",
        # A streaming job has many small batches: what its pages remember has to fit its heap.
        "spark.ui.retainedJobs": "200",
        "spark.ui.retainedStages": "200",
        "spark.sql.ui.retainedExecutions": "100",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.streaming.metricsEnabled": "true",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": event_logs(cluster),
        "spark.eventLog.rolling.enabled": "true",
        "spark.eventLog.rolling.maxFileSize": "16m",
    }


def _security(cluster: Cluster) -> dict[str, str]:
    return {
        "spark.authenticate": "true",
        "spark.authenticate.secret": cluster.secret,
        "spark.network.crypto.enabled": "true",
    }


def _tls(cluster: Cluster, namespace: str, directory: Path, ui_port: int) -> dict[str, str]:
    """The properties of a page that is served over TLS; port 0 is any. None without TLS."""
    if cluster.certificate is None:
        return {}
    password = keystore_password(cluster.certificate)
    properties = {
        "enabled": "true",
        "keyStore": str(directory / KEYSTORE),
        "keyStoreType": "PKCS12",
        "keyStorePassword": password,
        "keyPassword": password,
    }
    if ui_port:
        properties["port"] = str(secure(ui_port))
    return {f"spark.ssl.{namespace}.{name}": value for name, value in properties.items()}


def _mark(unit: int) -> str:
    return f"unit{unit}"


def _login(access: Access) -> str:
    module = "org.apache.kafka.common.security.scram.ScramLoginModule"
    user, password = _quoted(access.username), _quoted(access.password)
    return f"{module} required username={user} password={password};"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n")
