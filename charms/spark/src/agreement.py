# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What all units of the application go by: written by the leader, read by everyone.

A job runs on one unit, its home, because its checkpoint lies in that unit's storage. It stays
there as long as the unit does, whoever leads; a unit that goes takes its checkpoints along.
"""

import json
from collections.abc import Iterable, Mapping

import pydantic

from dataops.rotation import Rotation
from jobs import Job, JobsError, parse


class Placement(pydantic.BaseModel):
    """Where a job runs; its slot gives it its ports."""

    model_config = pydantic.ConfigDict(frozen=True)

    unit: str
    slot: int


class Agreement(pydantic.BaseModel):
    """The agreement.

    Attributes:
        master: the address of the unit that runs the master.
        secret: URI of the secret that all of Spark's processes share.
        jobs: the last usable text of option ``jobs``: a later unusable one disturbs nothing.
        placements: by name of the job.
        port_offset: the option, so that all units change it together.
        generation: which secret that is: the first, the second, and so on.
        rotation: how far a change of it is, as `Rotation.to_text` writes it; empty without one.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    master: str = ""
    secret: str = ""
    jobs: str = ""
    placements: dict[str, Placement] = {}
    port_offset: int = 0
    generation: int = 1
    rotation: str = ""

    @classmethod
    def read(cls, bag: Mapping[str, str]) -> "Agreement":
        """The agreement in a databag; an empty one before the leader has written any."""
        return cls.model_validate_json(bag.get("agreement", "{}"))

    def write(self) -> dict[str, str]:
        """What to put into the databag: equal agreements are equal bytes."""
        return {"agreement": json.dumps(self.model_dump(), sort_keys=True)}

    @property
    def change(self) -> Rotation | None:
        """The last change of the shared secret, finished or not."""
        return Rotation.from_text(self.rotation)

    @property
    def changing(self) -> bool:
        """Whether a change of the shared secret has not ended."""
        return self.change is not None and not self.change.finished

    def changed(self, rotation: Rotation, generation: int | None = None) -> "Agreement":
        """The agreement with this change of the secret."""
        news = {"rotation": rotation.to_text(), "generation": generation or self.generation}
        return self.model_copy(update=news)

    @property
    def declared(self) -> tuple[Job, ...]:
        """The jobs that run."""
        try:
            return parse(self.jobs)
        except JobsError:
            # Another revision of this charm accepted the text; its own unit says what is wrong.
            return ()

    def homes(self, unit: str) -> tuple[tuple[Job, int], ...]:
        """The jobs that run on this unit, with their slots."""
        placed = ((job, self.placements.get(job.name)) for job in self.declared)
        return tuple((job, place.slot) for job, place in placed if place and place.unit == unit)


def place(
    jobs: Iterable[str], units: Iterable[str], known: Mapping[str, Placement]
) -> dict[str, Placement]:
    """A home for each job: its present one while that unit lasts, else the unit with fewest jobs.

    Args:
        jobs: names.
        units: names of the units that there are, such as ``spark/0``; none while the last one
            leaves, when no job has a home any more.
        known: the placements so far.
    """
    places = sorted(units, key=number)
    if not places:
        return {}
    jobs = tuple(jobs)
    found = {name: known[name] for name in jobs if name in known}
    found = {name: placement for name, placement in found.items() if placement.unit in places}
    for name in jobs:
        if name not in found:
            load = {unit: sum(p.unit == unit for p in found.values()) for unit in places}
            home = min(places, key=lambda unit: load[unit])
            found[name] = Placement(unit=home, slot=_free({p.slot for p in found.values()}))
    return found


def number(unit: str) -> int:
    """The number of a unit: 2 for ``spark/2``."""
    return int(unit.rpartition("/")[2])


def _free(taken: set[int]) -> int:
    return next(slot for slot in range(len(taken) + 1) if slot not in taken)
