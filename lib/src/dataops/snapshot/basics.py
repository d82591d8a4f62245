# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What every unit has, whatever its workload: logs, configuration, Java machines, the machine."""

from __future__ import annotations

import datetime
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography import x509

from dataops.host.machine import is_ours
from dataops.host.paths import UnitPaths
from dataops.snapshot import jvm, processes
from dataops.snapshot.collect import Collection, newest, safe
from dataops.snapshot.restarts import Restart, restarts

_UTC = datetime.timezone.utc
_LOGS = 40
_CONFIGURATION_FILES = 200
_CONFIGURATION_BYTES = 256 * 1024
_JAVA_MACHINES = 8
# To count the objects of a heap stops the machine for about a second for each GiB.
_HEAP_TO_COUNT = 1 << 30
_HISTOGRAM_LINES = 60
_SOON = datetime.timedelta(days=7)
_JUST_NOW = datetime.timedelta(hours=1)
_OF_THE_MACHINE = (
    "loadavg",
    "meminfo",
    "uptime",
    "pressure/cpu",
    "pressure/io",
    "pressure/memory",
)
_SINCE = "--since=-24h"
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def java_machines(collection: Collection) -> None:
    """Threads, heap and collections of each Java machine of the unit; none is disturbed."""
    machines = jvm.of_unit(collection.unit)[:_JAVA_MACHINES]
    # First of all of them what says most: on a busy machine the time may not do for the rest.
    answering = [machine for machine in machines if _threads(collection, machine)]
    for machine in answering:
        folder = _folder(machine)
        heap = collection.text(f"{folder}/heap.txt", lambda m=machine: m.ask("GC.heap_info"))
        for name, command in (("events", "VM.events"), ("flags", "VM.flags")):
            collection.text(f"{folder}/{name}.txt", lambda m=machine, c=command: m.ask(c))
        _objects(collection, machine, folder, heap or "")


def _folder(machine: jvm.Jvm) -> str:
    """Where what a Java machine tells lies in the snapshot."""
    return f"java/{safe(machine.name)}-{machine.pid}"


def _threads(collection: Collection, machine: jvm.Jvm) -> bool:
    """Whether a Java machine has told what its threads do."""
    where = f"{_folder(machine)}/threads.txt"
    threads = collection.text(where, lambda: machine.ask("Thread.print"))
    if threads is None:
        name = f"{machine.name} (pid {machine.pid})"
        collection.find("warning", f"{name} does not answer", collection.gaps[-1].reason)
        return False
    if "Found one Java-level deadlock" in threads or "Java-level deadlocks" in threads:
        collection.find("critical", f"{machine.name} is deadlocked", where=where)
    return True


def _objects(collection: Collection, machine: jvm.Jvm, folder: str, heap: str) -> None:
    """What lies on the heap, without a collection before; only where counting is quick."""
    used = jvm.used_heap(heap)
    if not 0 < used <= _HEAP_TO_COUNT:
        reason = f"{used >> 20} MiB are in use: counting them would stop the machine for too long"
        return collection.gap(f"{folder}/objects.txt", reason)

    def count() -> str:
        lines = machine.ask("GC.class_histogram -all").splitlines(keepends=True)
        return "".join([*lines[:_HISTOGRAM_LINES], *lines[-1:]])

    collection.text(f"{folder}/objects.txt", count)
    return None


def machine(collection: Collection, paths: UnitPaths) -> None:
    """The machine's memory, load and disks, and the unit's processes."""
    collection.text("machine/processes.txt", lambda: processes.table(collection.unit))
    for name in _OF_THE_MACHINE:
        path = Path("/proc") / name
        if path.exists():
            collection.text(f"machine/{safe(name)}.txt", path.read_text)
    collection.command("machine/disks.txt", "df", "-P", "-k")
    usage = shutil.disk_usage(paths.root)
    if usage.free < usage.total // 20:
        free = f"{usage.free >> 20} of {usage.total >> 20} MiB are free at {paths.root}"
        collection.find("critical", "the disk is nearly full", free, "machine/disks.txt")
    if is_ours(paths.root.parent / "charm") and shutil.which("journalctl"):
        name = "logs/kernel.log"
        kernel = _journal("--dmesg", "--priority=warning")
        if collection.command(name, *kernel) is not None:
            collection.in_timeline(name)


def configuration(collection: Collection, paths: UnitPaths) -> None:
    """The files that the workload is told by; of a key's own file only its certificates."""
    told = (path for path in paths.etc.rglob("*") if path.parent.name != "__pycache__")
    found = newest(told, _CONFIGURATION_FILES)
    for path in sorted(found):
        name = f"config/{'/'.join(safe(part) for part in path.relative_to(paths.etc).parts)}"
        try:
            if path.stat().st_size > _CONFIGURATION_BYTES:
                collection.gap(name, f"it has {path.stat().st_size} bytes")
                continue
            content = path.read_bytes()
        except OSError as error:
            # A charm may be writing a newer one at this moment.
            collection.gap(name, str(error))
            continue
        if blocks := _blocks(content):
            _certificates(collection, f"{name}.json", blocks)
        # Any other file with a key in it tells more, and goes without the key.
        if not (content.lstrip().startswith(b"-----BEGIN") and b"PRIVATE KEY-----" in content):
            collection.file(name, path)


def logs(collection: Collection, paths: UnitPaths) -> None:
    """What the workload, its service manager and Juju's agent wrote."""
    agent = paths.root.parent
    juju = agent.parents[3] / "log" / "juju" / f"{agent.name}.log"
    collection.log("logs/juju.log", juju)
    _service_log(collection, paths)
    for path in newest(paths.log.glob("*"), _LOGS):
        collection.log(f"logs/{safe(path.name)}", path)


def _service_log(collection: Collection, paths: UnitPaths) -> None:
    """What the service manager says, and what ended by itself according to it."""
    name, local = "logs/services.log", False
    supervisord = paths.control / "supervisord.log"
    if supervisord.exists():
        local = True
        text = collection.text(name, lambda: supervisord.read_text(errors="replace"))
    else:
        prefix = f"dataops-{collection.unit.replace('/', '-')}-"
        text = collection.command(name, *_journal(f"--unit={prefix}*"))
    if text is not None:
        collection.in_timeline(name, local=local)
        _ended(collection, restarts(text, local=local), name)


def _ended(collection: Collection, found: Iterable[Restart], where: str) -> None:
    """A finding for each service that ended by itself in the last day."""
    now = datetime.datetime.now(_UTC)
    ends: dict[str, list[Restart]] = defaultdict(list)
    for each in found:
        if now - each.at < datetime.timedelta(days=1):
            ends[each.service].append(each)
    for service, times in sorted(ends.items()):
        last = times[-1]
        grave = now - last.at < _JUST_NOW and not service.startswith("work-")
        often = f"{len(times)} times" if len(times) > 1 else "once"
        collection.find(
            "critical" if grave else "warning",
            f"{service} ended by itself {often}",
            f"last at {last.at:%Y-%m-%d %H:%M:%S} UTC: {last.how}",
            where,
            at=last.at,
        )


def _certificates(collection: Collection, name: str, content: bytes) -> None:
    """Who is who until when, and whether that is over."""

    def read() -> list[dict[str, Any]]:
        return [_described(each) for each in x509.load_pem_x509_certificates(content)]

    now = datetime.datetime.now(_UTC)
    for each in collection.value(name, read) or ():
        until = datetime.datetime.fromisoformat(each["not-after"])
        if until < now + _SOON:
            grave, word = until < now, "has expired" if until < now else "expires soon"
            detail = f"{each['subject']}: valid until {until:%Y-%m-%d %H:%M:%S} UTC"
            severity = "critical" if grave else "warning"
            collection.find(severity, f"a certificate {word}", detail, name)


def _blocks(content: bytes) -> bytes:
    """The certificates in a file, also where their lines end as properties write it."""
    plain = content.replace(rb"\n", b"\n").replace(b"\\\n", b"\n")
    return b"\n".join(_CERTIFICATE.findall(plain))


def _described(certificate: x509.Certificate) -> dict[str, Any]:
    """A certificate in words."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        alternative = [str(name.value) for name in names]
    except x509.ExtensionNotFound:
        alternative = []
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial": f"{certificate.serial_number:x}",
        "names": alternative,
        "not-before": certificate.not_valid_before_utc.isoformat(),
        "not-after": certificate.not_valid_after_utc.isoformat(),
    }


def _journal(*which: str) -> tuple[str, ...]:
    """The command that prints the journal as a timeline can read it."""
    return (
        "journalctl",
        "--output=short-iso",
        "--utc",
        "--no-pager",
        "--lines=5000",
        _SINCE,
        *which,
    )
