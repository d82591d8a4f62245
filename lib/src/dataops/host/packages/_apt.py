# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Packages of the distribution."""

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dataops.host.packages._errors import PackageError, run

# Where nothing is reached, every hook would wait for it.
_PATIENCE = ("Acquire::Retries=1", "Acquire::http::Timeout=20", "Acquire::https::Timeout=20")
_OPTIONS = ("DPkg::Lock::Timeout=300", *_PATIENCE)
_APT = ("apt-get", *(word for option in _OPTIONS for word in ("-o", option)))
_QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}
_INTERRUPTED = "dpkg --configure -a"
_BUSY = "lists/lock"
_BUSY_SECONDS, _PAUSE_SECONDS = 120.0, 2.0
_UNITS = Path("/etc/systemd/system")
_CANDIDATE = re.compile(r"^(\S+):\n  Installed: .*\n  Candidate: (?!\(none\))", re.MULTILINE)


def ensure_apt(names: Sequence[str], *, masked: Sequence[str] = ()) -> bool:
    """Whether any of the packages had to be installed.

    Args:
        names: the distribution's package names.
        masked: systemd units of these packages that must not start by themselves, such as
            ``prometheus.service``.

    Raises:
        PackageError: without root, or when apt fails.
    """
    missing = [name for name in names if not _installed(name)]
    if not missing:
        return False
    if os.geteuid() != 0:
        raise PackageError(
            f"Missing {', '.join(missing)}, and we are not root:"
            f" run `sudo apt-get install --yes {' '.join(missing)}`"
        )
    for unit in masked:
        _mask(unit)
    _install(missing)
    return True


def offered(names: Sequence[str]) -> list[str]:
    """Those of the packages that this machine's release has, in the order given.

    Releases differ: what one has in a single package, the next one has in two.

    Raises:
        PackageError: there is no apt here, or it cannot get its lists.
    """
    found = _with_candidate(names)
    if not found and os.geteuid() == 0:
        _update()
        found = _with_candidate(names)
    return found


def unpack_apt(names: Sequence[str], target: Path) -> None:
    """The files of packages below ``target``; nothing is installed, so no service starts.

    Args:
        names: the first must be had, the others where this release has them.
        target: an existing directory.

    Raises:
        PackageError: apt does not know the first, or brings or unpacks one of them not.
    """
    with tempfile.TemporaryDirectory(dir=target, prefix=".packages-") as directory:
        try:
            _download(names, Path(directory))
        except PackageError:
            if os.geteuid() != 0:
                raise
            # Lists that are old name files that are gone.
            _update()
            _download(names, Path(directory))
        for archive in sorted(Path(directory).glob("*.deb")):
            run(["dpkg", "-x", str(archive), str(target)])


def _download(names: Sequence[str], directory: Path) -> None:
    # As root, apt would drop to a user who may not write here.
    command = [*_APT, "-o", "APT::Sandbox::User=root", "download"]
    run([*command, *dict.fromkeys([names[0], *offered(names)])], _QUIET, cwd=directory)


def _with_candidate(names: Sequence[str]) -> list[str]:
    told = run(["apt-cache", "policy", *names], {"LC_ALL": "C"})
    known = set(_CANDIDATE.findall(told))
    return [name for name in names if name in known]


def _installed(name: str) -> bool:
    command = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout == "installed"


def _install(names: Sequence[str]) -> None:
    command = [*_APT, "install", "--yes", "--no-install-recommends", *names]
    try:
        run(command, _QUIET)
    except PackageError as error:
        if _INTERRUPTED in str(error):
            # Whoever installed last was killed, with the agent or with the machine.
            run(["dpkg", "--configure", "-a"], _QUIET)
        # A fresh machine has no package lists, an old one outdated ones.
        _update()
        run(command, _QUIET)


def _update() -> None:
    """Get the lists; apt does not wait for whoever gets them already, as machines do at boot."""
    # Hardly any hook needs it.
    import tenacity

    busy = tenacity.retry_if_exception(
        lambda error: isinstance(error, PackageError) and _BUSY in str(error)
    )
    patience, pause = tenacity.stop_after_delay(_BUSY_SECONDS), tenacity.wait_fixed(_PAUSE_SECONDS)
    patiently = tenacity.Retrying(retry=busy, stop=patience, wait=pause, reraise=True)
    patiently(run, [*_APT, "update"], _QUIET)


def _mask(unit: str) -> None:
    link = _UNITS / unit
    if link.parent.is_dir() and not link.exists() and not link.is_symlink():
        link.symlink_to("/dev/null")
