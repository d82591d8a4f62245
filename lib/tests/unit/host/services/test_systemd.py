# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The systemd manager: golden unit files, and a systemctl that behaves."""

import dataclasses
import sys
from pathlib import Path

import pytest

from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceError, Status
from dataops.host.services.systemd import Systemd, parse_state, render

GOLDEN = Path(__file__).parent / "units"
PATHS = UnitPaths.beside(Path("/var/lib/juju/agents/unit-kafka-0/charm"))
BROKER = Service(
    name="broker",
    command=(
        "/usr/bin/java",
        "-Xmx512m",
        "kafka.Kafka",
        "/etc/with space/a%b.properties",
        "$HOME",
    ),
    environment={"PASSWORD": 'quo"ted $x `y` back\\slash'},
    user="kafka",
    stop_timeout=120,
    open_files=100000,
)
NAME = "dataops-kafka-0-broker.service"
JOB = Service(name="job", command=("/bin/sh", "-c", "a\nb 'c' \"d\""), restart="no")


@pytest.mark.parametrize("service", [BROKER, JOB], ids=lambda service: service.name)
def test_the_unit_file_is_as_recorded(service):
    text = render(service, "kafka/0", PATHS, PATHS.control / f"{service.name}.env")
    assert text == (GOLDEN / f"dataops-kafka-0-{service.name}.service").read_text()


class FakeSystemctl:
    """A systemctl program on PATH, with its memory in a directory.

    As the real one, it reads a unit when it is first asked for it, and then only when it is told
    to read all; what it does not know is an error.
    """

    SOURCE = """
import pathlib, sys
home, units = map(pathlib.Path, ({home!r}, {units!r}))
verb, *rest = [a for a in sys.argv[1:]]
flags, names = [a for a in rest if a[0] == "-"], [a for a in rest if a[0] != "-"]
with (home / "journal").open("a") as journal:
    print(" ".join(sys.argv[1:]), file=journal)
if verb == "daemon-reload":
    for known in home.glob("*.known"):
        unit = units / known.stem
        known.write_text(unit.read_text()) if unit.exists() else known.unlink()
    sys.exit()
[name] = names
unit, known, active = units / name, home / f"{{name}}.known", home / f"{{name}}.active"
if not known.exists():
    if not unit.exists():
        sys.exit(f"Unit {{name}} not found.")
    known.write_text(unit.read_text())
match verb:
    case "start" | "restart":
        active.write_text("active")
        (home / f"{{name}}.ran").write_text(known.read_text())
    case "stop" | "reset-failed": active.write_text("inactive")
    case "show":
        state = active.read_text() if active.exists() else "inactive"
        pid = 7 if state == "active" else 0
        stale = "yes" if known.read_text() != unit.read_text() else "no"
        print("LoadState=loaded", f"ActiveState={{state}}", f"MainPID={{pid}}", sep="\\n")
        print(f"NeedDaemonReload={{stale}}")
    case _: sys.exit(f"Unknown verb {{verb}}")
"""

    def __init__(self, home: Path, units: Path):
        self.home = home
        self.units = units
        source = home / "systemctl.py"
        source.write_text(self.SOURCE.format(home=str(home), units=str(units)))
        program = home / "systemctl"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{source}" "$@"\n')
        program.chmod(0o755)

    def journal(self) -> list[str]:
        """What it was told to do; not what it was asked."""
        path = self.home / "journal"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if not line.startswith("show")]

    def ran(self, name: str) -> str:
        """The unit file that it started the service by."""
        return (self.home / f"{name}.ran").read_text()

    def enabled(self) -> list[str]:
        return sorted(path.name for path in self.units.glob("multi-user.target.wants/*"))

    def fail(self, name: str) -> None:
        (self.home / f"{name}.active").write_text("failed")


@pytest.fixture
def units(tmp_path):
    (tmp_path / "units").mkdir()
    return tmp_path / "units"


@pytest.fixture
def systemctl(tmp_path, units, monkeypatch):
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "home"), prepend=":")
    return FakeSystemctl(tmp_path / "home", units)


@pytest.fixture
def services(tmp_path, units, systemctl):
    paths = UnitPaths.beside(tmp_path / "unit-kafka-0" / "charm")
    paths.create()
    yield Systemd(paths, "kafka/0", units)
    paths.remove()


def test_systemd_reads_its_files_again_only_for_a_unit_that_changed(services, systemctl):
    assert services.ensure(BROKER)
    assert not services.ensure(BROKER)
    services.start("broker")
    assert services.ensure(dataclasses.replace(BROKER, environment={"PASSWORD": "other"}))
    services.restart("broker")
    assert "daemon-reload" not in systemctl.journal()
    assert services.ensure(dataclasses.replace(BROKER, stop_timeout=7))
    # A hook that dies here has not said so to systemd: the next one still does.
    assert not services.ensure(dataclasses.replace(BROKER, stop_timeout=7))
    services.restart("broker")
    assert systemctl.journal()[-2:] == ["daemon-reload", f"restart {NAME}"]
    assert "TimeoutStopSec=7" in systemctl.ran(NAME)


def test_the_environment_is_in_a_file_of_roots_alone(services, units):
    services.ensure(BROKER)
    file = services._paths.control / "broker.env"
    assert file.stat().st_mode & 0o077 == 0
    assert 'PASSWORD="quo\\"ted \\$x \\`y\\` back\\\\slash"' in file.read_text()
    assert "quo" not in (units / NAME).read_text()


def test_a_log_that_grew_long_is_put_aside(services, monkeypatch):
    monkeypatch.setattr("dataops.host.services.systemd._LONGEST_LOG", 10)
    log = services._paths.log / "broker.log"
    log.write_text("short")
    services.ensure(BROKER)
    assert log.read_text() == "short"
    log.write_text("much too long")
    services.ensure(BROKER)
    assert log.read_text() == ""
    assert log.with_suffix(".log.1").read_text() == "much too long"


def test_the_life_of_a_service(services, systemctl, units):
    assert services.state("broker").status is Status.ABSENT
    services.ensure(BROKER)
    assert services.state("broker").status is Status.STOPPED
    services.start("broker")
    assert (services.state("broker").status, services.state("broker").pid) == (Status.RUNNING, 7)
    assert systemctl.enabled() == [NAME]
    services.restart("broker")
    assert f"restart {NAME}" in systemctl.journal()
    services.stop("broker")
    assert services.state("broker").status is Status.STOPPED
    assert systemctl.enabled() == []
    services.remove("broker")
    assert services.state("broker").status is Status.ABSENT
    assert list(units.glob("*.service")) == []


def test_asking_to_end_does_not_wait(services, systemctl):
    services.ensure(BROKER)
    services.start("broker")
    services.ask_to_end("broker")
    services.ask_to_end("unknown")
    assert systemctl.journal()[-1] == f"stop --no-block {NAME}"
    assert systemctl.enabled() == []


@pytest.mark.parametrize("verb", ["start", "restart"])
def test_an_undefined_service_cannot_be_started(services, verb):
    with pytest.raises(ServiceError, match="broker is not defined"):
        getattr(services, verb)("broker")


def test_systemd_s_own_words_are_in_the_error(services, systemctl):
    services.ensure(BROKER)
    (systemctl.home / "systemctl.py").write_text(f"import sys; sys.exit('Unit {NAME} not found.')")
    with pytest.raises(ServiceError, match=r"Unit dataops-kafka-0-broker\.service not found"):
        services.start("broker")


def test_a_failure_is_forgotten_by_stop(services, systemctl):
    services.ensure(BROKER)
    services.start("broker")
    systemctl.fail(NAME)
    assert services.state("broker").status is Status.FAILED
    services.stop("broker")
    assert services.state("broker").status is Status.STOPPED


def test_remove_all_takes_this_unit_s_services_only(services, units, systemctl):
    services.ensure(BROKER)
    services.ensure(JOB)
    other = units / "dataops-kafka-01-broker.service"
    other.touch()
    services.remove_all()
    assert list(units.glob("*.service")) == [other]
    assert systemctl.journal().count("daemon-reload") == 1


@pytest.mark.parametrize(
    "text, status",
    [
        ("LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7", Status.RUNNING),
        ("LoadState=loaded\nActiveState=activating\nSubState=auto-restart", Status.FAILED),
        ("LoadState=loaded\nActiveState=activating\nSubState=auto-restart-queued", Status.FAILED),
        ("LoadState=loaded\nActiveState=deactivating\nSubState=stop-sigterm", Status.RUNNING),
        ("LoadState=loaded\nActiveState=failed\nSubState=failed\nMainPID=0", Status.FAILED),
        ("LoadState=loaded\nActiveState=inactive\nSubState=dead", Status.STOPPED),
        ("LoadState=not-found\nActiveState=inactive\nSubState=dead", Status.ABSENT),
    ],
)
def test_states(text, status):
    assert parse_state(text).status is status


def test_since_when():
    state = parse_state("ActiveState=active\nMainPID=7\nStateChangeTimestamp=@1767225600")
    assert (state.since.isoformat(), state.pid) == ("2026-01-01T00:00:00+00:00", 7)
