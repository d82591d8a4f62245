# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The disk that all machines share: the host's own release, built once from its packages."""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psutil

from onebox.errors import OneboxError

# What a cloud's image has and charms count on.
PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "libnss-myhostname", "iproute2", "procps", "sudo",
    "netbase", "ca-certificates", "curl", "python3", "python3-venv",
)  # fmt: skip
# They would reach out by themselves, or wait for a terminal.
_MASKED = (
    "apt-daily.timer", "apt-daily-upgrade.timer", "console-getty.service",
    "systemd-networkd-wait-online.service",
)  # fmt: skip
_BUILD_SECONDS = 1800


def directory() -> Path:
    """Where images are kept, for all engines of this user."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "onebox" / "images"


def ready(extra: tuple[str, ...] = ()) -> Path:
    """The image with these packages on top, built when there is none yet.

    Raises:
        OneboxError: it cannot be built; the message ends with what the builder said.
    """
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    packages = sorted({*PACKAGES, *extra})
    digest = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:12]
    image = directory() / f"{release}-{digest}"
    if image.exists():
        return image
    image.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(image.with_suffix(".lock")) as lock:
        if not image.exists():
            _build(release, packages, image, lock)
    return image


@contextmanager
def _alone(path: Path) -> Generator[int, None, None]:
    """Holds a lock file: several engines may want the same image at once.

    Whoever inherits the descriptor holds it, too: a builder that outlives its engine.
    """
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _build(release: str, packages: list[str], image: Path, lock: int) -> None:
    building, log = image.with_suffix(".part"), image.with_suffix(".log")
    _discard(building)
    extra = [name for name in packages if name not in PACKAGES]
    # Not booted, but with the /proc and /dev that packages look at while they are set up.
    inside = ["systemd-nspawn", "--quiet", f"--directory={building}", "--resolv-conf=copy-host"]
    if not Path("/run/systemd/system").exists():
        inside += ["--register=no", "--keep-unit"]
    apt = [*inside, "/usr/bin/apt-get", "-q"]
    if extra:
        commands = [["cp", "--archive", "--reflink=auto", str(ready()), str(building)]]
        commands.append([*apt, "install", "--yes", "--no-install-recommends", *extra])
    else:
        usual = ",".join(PACKAGES)
        arguments = ["--variant=minbase", f"--include={usual}"]
        commands = [["debootstrap", *arguments, release, str(building)]]
    commands.append([*apt, "clean"])
    with log.open("wb") as output:
        for command in commands:
            _run(command, output, log, lock)
    _finish(building)
    building.rename(image)


def _run(command: list[str], output: BinaryIO, log: Path, lock: int) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        pass_fds=(lock,),
        timeout=_BUILD_SECONDS,
        check=False,
    )
    if done.returncode:
        said = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise OneboxError(f"cannot build the image of machines: {said}; see {log}")


def _discard(tree: Path) -> None:
    """Deletes what a builder that was ended has left, which may have mounted things there."""
    below = [p.mountpoint for p in psutil.disk_partitions(all=True)]
    for place in sorted((m for m in below if m.startswith(f"{tree}/")), reverse=True):
        subprocess.run(["umount", "--lazy", place], check=True)
    if tree.exists():
        shutil.rmtree(tree)


def _finish(root: Path) -> None:
    """What makes many machines of one image."""
    # Each machine gets an id of its own at its first boot.
    (root / "etc" / "machine-id").write_text("")
    units = root / "etc" / "systemd" / "system"
    for name in _MASKED:
        (units / name).unlink(missing_ok=True)
        (units / name).symlink_to("/dev/null")
