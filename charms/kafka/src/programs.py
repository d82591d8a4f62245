# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Kafka's own programs, for what no client library does: formatting, voters, unregistering.

Each call starts a JVM and takes seconds, so none of them is on the road of an ordinary hook.
No password ever stands in their arguments; they authenticate with the broker's certificate.
"""

import dataclasses
import re
import subprocess
import tempfile
from pathlib import Path

from dataops.host.files import ensure_contents, ensure_directory
from dataops.host.users import process_of
from listeners import CONTROLLER_PORT

_TIMEOUT = 120


class ProgramError(Exception):
    """One of Kafka's programs failed; the message holds the last lines it printed."""


@dataclasses.dataclass(frozen=True)
class Programs:
    """Kafka's programs as one unit runs them.

    Attributes:
        java: the program.
        libraries: the directory of the jars.
        etc: where `server.properties` and `admin.properties` are.
        scratch: a directory that the workload's user may write.
        user: whom to run them as; None is oneself.
    """

    java: Path
    libraries: Path
    etc: Path
    scratch: Path
    user: str | None = None

    def told(self) -> dict[str, str | None]:
        """What another process needs to have them, too."""
        fields = dataclasses.asdict(self)
        return {name: value and str(value) for name, value in fields.items()}

    def format(self, cluster_id: str, *, standalone: bool, data: Path | None = None) -> None:
        """Make this node's storage part of the cluster.

        Args:
            cluster_id: of the cluster.
            standalone: as its first voter; else as an observer.
            data: the storage; None is what the broker's settings name.
        """
        quorum = "--standalone" if standalone else "--no-initial-controllers"
        with tempfile.TemporaryDirectory(dir=self.scratch) as name:
            config = self.etc / "server.properties"
            if data is not None:
                place = Path(name)
                ensure_directory(place, owner=self.user)
                text = re.sub(r"(?m)^log\.dirs=.*$", f"log.dirs={data}", config.read_text())
                config = place / "server.properties"
                ensure_contents(config, text, mode=0o600, owner=self.user)
            what = ("format", "--cluster-id", cluster_id, "--config", str(config), quorum)
            self._run("kafka.tools.StorageTool", *what)

    def add_voter(
        self, bootstrap: str, cluster_id: str, node: int, address: str, directory: str
    ) -> None:
        """Let a node that follows the metadata vote on it.

        Args:
            bootstrap: internal listeners, `host:port,...`.
            cluster_id: of the cluster.
            node: its id.
            address: where its controller listens.
            directory: its directory id, from the quorum's description.
        """
        # The program wants to run on the node itself, and reads there what we know already: a
        # directory that says the same lets any unit do it, for one that cannot wait any longer.
        with tempfile.TemporaryDirectory(dir=self.scratch) as name:
            place = Path(name)
            ensure_directory(place, owner=self.user)
            identity = {"cluster.id": cluster_id, "node.id": node, "directory.id": directory}
            lines = [f"{key}={value}\n" for key, value in {"version": 1, **identity}.items()]
            ensure_contents(place / "meta.properties", "".join(lines), owner=self.user)
            text = (self.etc / "admin.properties").read_text() + _node(place, node, address)
            config = place / "join.properties"
            ensure_contents(config, text, mode=0o600, owner=self.user)
            self._quorum(bootstrap, config, "add-controller")

    def remove_voter(self, bootstrap: str, node: int, directory: str) -> None:
        """Take a node's vote away; it may be gone already."""
        which = ("--controller-id", str(node), "--controller-directory-id", directory)
        self._quorum(bootstrap, self.etc / "admin.properties", "remove-controller", *which)

    def unregister(self, bootstrap: str, node: int) -> None:
        """Forget a broker that is gone for good."""
        config = str(self.etc / "admin.properties")
        program = "org.apache.kafka.tools.ClusterTool"
        where = ("--bootstrap-server", bootstrap, "--config", config)
        self._run(program, "unregister", *where, "--id", str(node))

    def set_min_in_sync(self, bootstrap: str, copies: int) -> None:
        """How many copies must have a record before it counts, for the whole cluster.

        The value in `server.properties` counts only while the first node is formatted.
        """
        config = str(self.etc / "admin.properties")
        where = ("--bootstrap-server", bootstrap, "--command-config", config)
        entity = ("--entity-type", "brokers", "--entity-default", "--alter")
        change = f"min.insync.replicas={copies}"
        self._run("kafka.admin.ConfigCommand", *where, *entity, "--add-config", change)

    def _quorum(self, bootstrap: str, config: Path, *command: str) -> None:
        program = "org.apache.kafka.tools.MetadataQuorumCommand"
        where = ("--bootstrap-server", bootstrap, "--command-config", str(config))
        self._run(program, *where, *command)

    def _run(self, program: str, *arguments: str) -> None:
        # Nobody looks at its figures, which would leave a directory of the user's in /tmp.
        quick = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
        flags = ("-Xmx128m", f"-Djava.io.tmpdir={self.scratch}", *quick)
        classpath = f"{self.libraries}/*"
        command = [str(self.java), *flags, "-cp", classpath, program, *arguments]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT,
                cwd=self.scratch,
                **process_of(self.user),
            )
        except subprocess.TimeoutExpired:
            raise ProgramError(f"{program} gave no answer within {_TIMEOUT} s") from None
        if done.returncode:
            lines = (done.stdout + done.stderr).strip().splitlines()
            raise ProgramError(f"{program} failed: {' / '.join(lines[-3:])}")


def _node(place: Path, node: int, address: str) -> str:
    """What a program reads about the node that is to vote."""
    listener = f"CONTROLLER://{address}:{CONTROLLER_PORT}"
    return (
        f"process.roles=controller\nnode.id={node}\nlog.dirs={place}\nlisteners={listener}\n"
        f"advertised.listeners={listener}\ncontroller.listener.names=CONTROLLER\n"
        "listener.security.protocol.map=CONTROLLER:SSL\n"
        f"controller.quorum.bootstrap.servers={address}:{CONTROLLER_PORT}\n"
    )
