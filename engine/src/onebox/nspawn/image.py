# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The disk that all machines share: the host's own release, built once from its packages."""

from __future__ import annotations

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
    with _alone(image.with_suffix(".lock")):
        if not image.exists():
            _build(release, packages, image)
    return image


@contextmanager
def _alone(path: Path) -> Generator[None, None, None]:
    """Holds a lock file: several engines may want the same image at once."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(release: str, packages: list[str], image: Path) -> None:
    building, log = image.with_suffix(".part"), image.with_suffix(".log")
    shutil.rmtree(building, ignore_errors=True)
    usual = ",".join(PACKAGES)
    extra = [name for name in packages if name not in PACKAGES]
    commands = [["debootstrap", "--variant=minbase", f"--include={usual}", release, str(building)]]
    if extra:
        install = ["apt-get", "install", "-qy", "--no-install-recommends", *extra]
        commands.append(["chroot", str(building), *install])
    commands.append(["chroot", str(building), "apt-get", "clean"])
    with log.open("wb") as output:
        for command in commands:
            _run(command, output, log)
    _finish(building)
    building.rename(image)


def _run(command: list[str], output: BinaryIO, log: Path) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=environment,
        timeout=_BUILD_SECONDS,
        check=False,
    )
    if done.returncode:
        said = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise OneboxError(f"cannot build the image of machines: {said}; see {log}")


def _finish(root: Path) -> None:
    """What makes many machines of one image."""
    # Each machine gets an id of its own at its first boot.
    (root / "etc" / "machine-id").write_text("")
    units = root / "etc" / "systemd" / "system"
    for name in _MASKED:
        (units / name).unlink(missing_ok=True)
        (units / name).symlink_to("/dev/null")
