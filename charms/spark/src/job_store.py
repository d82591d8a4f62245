# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a unit's operator decided about its jobs, kept in its storage.

Which are stopped, and the programs that were submitted.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import pydantic

from dataops.host.files import ensure_absent, ensure_contents, ensure_directory


class Submitted(pydantic.BaseModel):
    """A user's own PySpark program, run as a job.

    Attributes:
        name: of the job.
        script: our copy of the program.
        args: its arguments.
        cores: how many tasks run at once.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    name: str
    script: Path
    args: tuple[str, ...] = ()
    cores: int = 1


class JobStore:
    """The decisions of one unit.

    Args:
        data: the unit's storage.
        owner: the workload's user.
    """

    def __init__(self, data: Path, owner: str | None = None) -> None:
        self._stopped = data / "stopped.json"
        self._held = data / "held"
        self._rewound = data / "rewound.json"
        self._submitted = data / "submitted"
        self._owner = owner

    def stopped(self) -> frozenset[str]:
        """The jobs that the operator wants stopped."""
        try:
            return frozenset(json.loads(self._stopped.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return frozenset()

    def stop(self, name: str) -> bool:
        """Whether the job was wanted running until now."""
        return self._write(self.stopped() | {name})

    def start(self, name: str) -> bool:
        """Whether the job was stopped until now."""
        return self._write(self.stopped() - {name})

    def held(self) -> bool:
        """Whether all jobs wait for a restore of Kafka."""
        return self._held.exists()

    def hold(self) -> None:
        """Let all jobs wait."""
        ensure_contents(self._held, "")

    def release(self) -> bool:
        """Whether they were waiting until now."""
        return ensure_absent(self._held)

    def rewound(self) -> Mapping[str, float]:
        """For which restore of Kafka, in Unix seconds, each job was rewound last."""
        try:
            return json.loads(self._rewound.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}

    def note_rewound(self, name: str, at: float) -> None:
        """The job goes on from where that restore ended."""
        ensure_contents(self._rewound, json.dumps({**self.rewound(), name: at}, sort_keys=True))

    def forget_rewound(self) -> None:
        """Checkpoints were put back that are older than any restore."""
        ensure_absent(self._rewound)

    def submitted(self) -> tuple[Submitted, ...]:
        """The submitted programs, in order of their names."""
        return tuple(
            Submitted.model_validate_json(path.read_text(encoding="utf-8"))
            for path in sorted(self._submitted.glob("*/job.json"))
        )

    def submit(self, name: str, program: Path, args: tuple[str, ...], cores: int) -> Submitted:
        """The program's copy, in place of an earlier one of this name."""
        place = self._submitted / name
        ensure_directory(self._submitted)
        ensure_directory(place, mode=0o750, owner=self._owner)
        script = place / "script.py"
        ensure_contents(script, program.read_bytes(), mode=0o640, owner=self._owner)
        job = Submitted(name=name, script=script, args=args, cores=cores)
        # Last, because a program counts as submitted once this file is there.
        ensure_contents(place / "job.json", job.model_dump_json(), mode=0o640, owner=self._owner)
        return job

    def adopt(self) -> tuple[str, ...]:
        """Names of the programs that were put here from elsewhere, now stopped and ours to run."""
        for job in self.submitted():
            place = self._submitted / job.name
            here = job.model_copy(update={"script": place / "script.py"})
            ensure_contents(
                place / "job.json", here.model_dump_json(), mode=0o640, owner=self._owner
            )
            self.stop(job.name)
        return tuple(job.name for job in self.submitted())

    def forget(self, name: str) -> bool:
        """Whether there was such a program."""
        self.start(name)
        return ensure_absent(self._submitted / name)

    def _write(self, stopped: frozenset[str]) -> bool:
        changed = stopped != self.stopped()
        if changed:
            ensure_contents(self._stopped, json.dumps(sorted(stopped)))
        return changed
