# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One container: its disk over the image, its boot, its end, and the way in."""

import json
import os
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from onebox.errors import OneboxError
from onebox.host import boot_id

_BOOT_SECONDS = 90.0
_POWER_OFF_SECONDS = 30.0
# Puts itself into groups of its own before it becomes the container: two that share one would
# end each other's services. Where systemd runs the host, it does that.
_OWN_GROUPS = 'for g in $GROUPS_OF_IT; do mkdir -p "$g" && echo $$ > "$g/cgroup.procs"; done; '
# Says which process the container is, and leaves for any engine how that one has ended.
_KEEPER = f"""\
/bin/sh -c '{_OWN_GROUPS} exec "$@"' sh "$@" >> console.log 2>&1 &
echo $!
wait $!
echo $? > ended.new && mv ended.new ended
"""
# How systemd-nspawn ends when the machine wants to boot again and it may not do that by itself.
_AGAIN = "133"
_WORD_SECONDS = 2.0
_HIERARCHIES = ("systemd", "unified")
_CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Container:
    """A machine's container; everything of it lies in `directory`.

    Attributes:
        directory: `root` is the disk as the machine sees it, `upper` what differs from the image.
        name: unique on this host.
    """

    directory: Path
    name: str

    @property
    def lost(self) -> bool:
        """Whether it has gone down without being asked to, and this host has not."""
        kept = self._kept()
        return bool(kept) and kept.get("host") == boot_id() and self._outer() is None

    @property
    def root(self) -> Path:
        """The machine's `/`, for whoever is outside."""
        return self.directory / "root"

    # -- disk ----------------------------------------------------------------------------------

    def mount(self, image: Path) -> None:
        """Lays the machine's own files over the image."""
        if os.path.ismount(self.root):
            return
        parts = {name: self.directory / name for name in ("root", "upper", "work")}
        for part in parts.values():
            part.mkdir(mode=0o755, parents=True, exist_ok=True)
        options = f"lowerdir={image},upperdir={parts['upper']},workdir={parts['work']}"
        command = ["mount", "-t", "overlay", "overlay", "-o", options, str(self.root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OneboxError(f"cannot mount {self.root}: {done.stderr.strip()}")

    def unmount(self) -> None:
        """Takes the disk away, also from whoever still looks at it."""
        while os.path.ismount(self.root):
            subprocess.run(["umount", "--lazy", self.root], check=True)

    # -- power ---------------------------------------------------------------------------------

    def leader(self) -> int | None:
        """The process id of the machine's first process, as the host sees it."""
        outer = self._outer()
        if outer is None:
            return None
        with suppress(psutil.Error):
            return next((child.pid for child in outer.children()), None)
        return None

    def boot(self, hostname: str, network: Path) -> int:
        """Boots, waits until services may be started, and tells the first process."""
        arguments = [
            "systemd-nspawn", "--quiet", "--boot", f"--directory={self.root}",
            f"--machine={self.name}", f"--hostname={hostname}", "--link-journal=no",
            f"--network-namespace-path={network}", "--resolv-conf=off",
        ]  # fmt: skip
        groups: list[str] = []
        if not Path("/run/systemd/system").exists():
            arguments += ["--register=no", "--keep-unit"]
            present = (_CGROUPS / name for name in _HIERARCHIES)
            groups = [f"{g}/onebox/{self.name}" for g in present if g.is_dir()]
        (self.directory / "ended").unlink(missing_ok=True)
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "sh", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "GROUPS_OF_IT": " ".join(groups)},
            start_new_session=True,
            cwd=self.directory,
        )
        self._reap(keeper)
        assert keeper.stdout
        # One that has ended already is not booted, which is what is said then.
        with keeper.stdout as said, suppress(OSError):
            self._remember(int(said.readline()))
        leader = self._booted()
        self._keep({**self._kept(), "leader": leader, "began": _began(leader)})
        return leader

    def rebooted(self) -> bool:
        """Whether it has booted again of its own accord; tells each boot once."""
        kept, leader = self._kept(), self.leader()
        if leader is None or kept.get("leader") in (None, leader):
            return False
        if self._says(leader) not in ("running", "degraded"):
            return False
        self._keep({**kept, "leader": leader, "began": _began(leader)})
        return True

    def wants_to_boot(self) -> bool:
        """Whether a machine that is lost went down to boot again.

        Where systemd runs the host, systemd-nspawn stays, and boots it by itself.
        """
        return self._ended() == _AGAIN

    def power_off(self, grace: float = _POWER_OFF_SECONDS) -> None:
        """Shuts the machine down in order, or pulls the plug after `grace` seconds."""
        outer = self._outer()
        if outer is None:
            return
        with suppress(psutil.Error):
            outer.terminate()
            psutil.wait_procs([outer], timeout=grace)
        self.terminate()

    def terminate(self) -> None:
        """Pulls the plug of a machine that is not wanted any more."""
        self.kill()
        self.forget()
        for name in _HIERARCHIES:
            self._drop_group(_CGROUPS / name / "onebox" / self.name)

    def forget(self) -> None:
        """Lets a machine that is down be started again."""
        (self.directory / "power").unlink(missing_ok=True)

    def kill(self) -> None:
        """Ends everything on it at once, as a loss of power does."""
        outer, kept = self._outer(), self._kept()
        leader = self.leader() or kept.get("leader")
        with suppress(OSError, psutil.Error):
            # A container goes on when only the process around it was killed.
            known = kept.get("began") if leader == kept.get("leader") else None
            if leader is not None and known in (None, _began(leader)):
                first = psutil.Process(leader)
                first.kill()
                psutil.wait_procs([first], timeout=_POWER_OFF_SECONDS)
        with suppress(psutil.Error):
            if outer is not None:
                psutil.wait_procs([outer], timeout=_POWER_OFF_SECONDS)
                outer.kill()
        if outer is not None:
            # Whoever notes it writes into a directory that may be about to go.
            self._ended()

    def enter(self, leader: int, directory: str = "/") -> tuple[str, ...]:
        """What to put before a command so that it runs in the machine, as its root."""
        spaces = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup")
        there = f"/proc/{leader}/root{directory}"
        return ("/usr/bin/nsenter", f"--target={leader}", *spaces, "--root", f"--wd={there}", "--")

    # -- the process outside -------------------------------------------------------------------

    def _outer(self) -> psutil.Process | None:
        """The systemd-nspawn of this machine, if it runs."""
        kept = self._kept()
        try:
            process = psutil.Process(kept["pid"])
            same = _began(process.pid) == kept["since"]
            alive = same and process.status() != psutil.STATUS_ZOMBIE
        except (KeyError, OSError, psutil.Error):
            return None
        return process if alive else None

    def _ended(self) -> str:
        """The exit code of the process outside, which has ended; empty when nobody noted it."""
        deadline = time.monotonic() + _WORD_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError):
                return (self.directory / "ended").read_text().strip()
            time.sleep(0.02)
        return ""

    def _kept(self) -> dict[str, Any]:
        try:
            return json.loads((self.directory / "power").read_text())
        except (OSError, ValueError):
            return {}

    def _remember(self, pid: int) -> None:
        self._keep({"pid": pid, "since": _began(pid), "host": boot_id()})

    def _keep(self, kept: dict[str, Any]) -> None:
        fresh = self.directory / "power.new"
        fresh.write_text(json.dumps(kept))
        fresh.replace(self.directory / "power")

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        """Waits for its end in the background, so that no zombie stays."""
        threading.Thread(target=process.wait, name=f"power:{self.name}", daemon=True).start()

    def _booted(self) -> int:
        deadline = time.monotonic() + _BOOT_SECONDS
        while time.monotonic() < deadline:
            leader = self.leader()
            if leader is None and self._outer() is None:
                break
            if leader is not None and self._says(leader) in ("running", "degraded"):
                return leader
            time.sleep(0.1)
        console = (self.directory / "console.log").read_text(errors="replace")
        said = " / ".join(console.strip().splitlines()[-3:])
        raise OneboxError(f"machine {self.name} does not boot: {said}")

    def _says(self, leader: int) -> str:
        command = [*self.enter(leader), "/usr/bin/systemctl", "is-system-running"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def _drop_group(self, group: Path) -> None:
        for directory, _, _ in os.walk(group, topdown=False):
            with suppress(OSError):
                Path(directory).rmdir()


def _began(pid: int) -> int:
    """When a process began: with its number it names the process for good.

    In ticks since this host booted: a time of day changes whenever the host's clock is set, and
    machines that run would be taken for lost.

    Raises:
        OSError: it is gone.
    """
    after_the_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_the_name[19])
