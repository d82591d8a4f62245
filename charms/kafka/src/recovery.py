# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How far a restore of the whole cluster is, as all its units go by it. Pure.

While backups are placed beside the old data, the cluster goes on as it is. Only when every unit
has its share whole does the application agree on a new cluster id: from then on no unit takes up
the old cluster again, and each puts the restored data in the place of what it had.
"""

import dataclasses
import json
from typing import Any, Literal

# The task of a person who calls the action.
BY_HAND = "action"

# Units that hear of nothing for so many restores are no longer there.
_MOST_GIVEN_UP = 9

Stage = Literal["placing", "starting", "finishing", "done", "failed"]


@dataclasses.dataclass(frozen=True)
class Recovery:
    """A restore of the whole cluster.

    Attributes:
        task: who asked for it: a task's id, or `BY_HAND`.
        name: its own, of letters and digits: directories are called after it.
        backup: its id.
        source: the id of the cluster that was backed up: its place in the store.
        cluster_id: of the cluster that comes.
        members: the nodes that take part.
        topics: to restore; all of them when there are none.
        to_time: ms since 1970, where a point in time is wanted.
        stage: `placing` data beside what there is; `starting` the new cluster on it; `finishing`:
            groups are told where to go on; then `done`, or `failed`: the old data stays, or comes
            back where it was replaced already.
        why: what failed.
        began, ended: Unix seconds; 0 before.
        told: whether the person who called the action has seen how it ended.
        account: what was restored: numbers by name.
        before: what the application agreed on until the restored data took the place of the old.
        given_up: names of restores whose data goes again wherever it took a place: this one, or
            earlier ones that a unit has not heard of yet.
    """

    task: str
    name: str
    backup: str
    source: str
    cluster_id: str
    members: tuple[int, ...]
    topics: tuple[str, ...] = ()
    to_time: int | None = None
    stage: Stage = "placing"
    why: str = ""
    began: float = 0
    ended: float = 0
    told: bool = False
    account: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    before: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    given_up: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.stage in ("done", "failed")

    @property
    def replaces(self) -> bool:
        """Whether the old cluster has been given up."""
        return self.stage in ("starting", "finishing", "done")

    def failed(self, why: str, now: float) -> "Recovery":
        """Given up, with nothing replaced."""
        return dataclasses.replace(self, stage="failed", why=why, ended=now)

    def undone(self, why: str, now: float) -> "Recovery":
        """Given up after it had replaced data: every unit takes up again what it had."""
        kept = (*self.given_up, self.name)[-_MOST_GIVEN_UP:]
        return dataclasses.replace(self.failed(why, now), given_up=kept)

    def to_text(self) -> str:
        """As it stands in a databag."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Recovery | None":
        """What stands in a databag."""
        if not text:
            return None
        told: dict[str, Any] = json.loads(text)
        for name in ("members", "topics", "given_up"):
            told[name] = tuple(told.get(name, ()))
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in told.items() if key in known})


@dataclasses.dataclass(frozen=True)
class Share:
    """How far one unit is with its part.

    Attributes:
        name: of the restore.
        state: `placing` or `finishing` while it works, `placed`, `finished` or `failed`.
        text: how far, or why not.
        account: what was done: numbers by name.
    """

    name: str = ""
    state: str = ""
    text: str = ""
    account: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])

    def to_text(self) -> str:
        """As it stands in a databag; how far it is would wake every unit again and again."""
        if not self.state or self.state in ("placing", "finishing"):
            return ""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Share":
        """What stands in a databag or file."""
        return cls(**json.loads(text)) if text else cls()
