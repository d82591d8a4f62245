# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What one Juju model is, as frozen values.

Everything the engine decides, it decides from these values; everything it changes, it changes by
replacing them (`onebox.changes`) in one transaction of the store (`onebox.store`).
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from onebox import persona
from onebox.declared import ActionSpec as ActionSpec
from onebox.declared import Base as Base
from onebox.declared import Charm as Charm
from onebox.declared import Endpoint as Endpoint
from onebox.declared import Frozen as Frozen
from onebox.declared import Option as Option
from onebox.declared import ResourceSpec as ResourceSpec
from onebox.declared import Scalar as Scalar
from onebox.declared import StorageSpec as StorageSpec

Life = Literal["alive", "dying", "dead"]


class Status(Frozen):
    """A workload, agent, machine or application status."""

    current: str
    message: str = ""
    data: dict[str, Any] = Field(default_factory=dict[str, Any])
    since: datetime


class Resource(Frozen):
    """One uploaded resource of an application."""

    name: str
    digest: str
    size: int
    filename: str
    revision: int = 0
    uploaded: datetime


class Exposure(Frozen):
    """Who may reach one endpoint of an exposed application, or all (`""`) of them."""

    spaces: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()


class Application(Frozen):
    """An application: the intent of the operator, and who leads."""

    name: str
    charm_url: str
    # Bumped by every refresh and attach-resource: a unit that saw another number upgrades.
    charm_modified: int = 0
    # `refresh --force-units`: units in error upgrade, too.
    force_charm: bool = False
    life: Life = "alive"
    base: Base
    config: dict[str, Scalar] = Field(default_factory=dict[str, Scalar])
    trust: bool = False
    exposed: bool = False
    # By endpoint; empty for one that all the world may reach by all of them.
    exposures: dict[str, Exposure] = Field(default_factory=dict[str, Exposure])
    constraints: str = ""
    annotations: dict[str, str] = Field(default_factory=dict[str, str])
    resources: dict[str, Resource] = Field(default_factory=dict[str, Resource])
    storage: dict[str, str] = Field(default_factory=dict[str, str])
    status: Status | None = None
    workload_version: str = ""
    leader: str | None = None
    next_unit: int = 0


class Hook(Frozen):
    """One hook to run: its kind and the context its environment is made of."""

    kind: str
    relation: int | None = None
    remote_unit: str | None = None
    remote_app: str | None = None
    departing_unit: str | None = None
    secret: str | None = None
    secret_revision: int | None = None
    secret_label: str | None = None
    storage: str | None = None
    # What the unit will have seen once this hook commits: a bag's version, a secret's revision.
    version: int | None = None
    config_hash: str | None = None


class RelationSeen(Frozen):
    """What a unit has been told of one relation; numbers are bag versions."""

    joined: dict[str, int] = Field(default_factory=dict[str, int])
    application: int = 0
    broken: bool = False


class Local(Frozen):
    """What a unit has been told so far: the left side of the scheduler's comparison."""

    installed: bool = False
    started: bool = False
    stopped: bool = False
    removed: bool = False
    # The machine came up again since the last hook: a started unit runs `start` first of all.
    rebooted: bool = False
    leader: bool = False
    charm_url: str = ""
    charm_modified: int = 0
    # None until the first config-changed has committed.
    config_hash: str | None = None
    relations: dict[int, RelationSeen] = Field(default_factory=dict[int, RelationSeen])
    storage: frozenset[str] = frozenset()
    # Latest revision of each tracked secret that secret-changed was run for.
    secrets: dict[str, int] = Field(default_factory=dict[str, int])
    # `<id>/<revision>` of every obsolete revision that secret-remove was run for.
    secrets_removed: frozenset[str] = frozenset()
    # `<id>/<revision>` of expired revisions, and when secret-expired may run for them again.
    secrets_expired: dict[str, datetime] = Field(default_factory=dict[str, datetime])
    # An upgrade whose files may be half in place: nothing else runs before it is finished.
    upgrading: bool = False
    # `queued`: must run next. `pending`: was started and has not committed (failed, interrupted).
    progress: Literal["continue", "queued", "pending"] = "continue"
    hook: Hook | None = None
    # JUJU_CONTEXT_ID of what was started last: a new daemon finds leftovers by it.
    context: str = ""
    failures: int = 0
    retry_at: datetime | None = None


class Unit(Frozen):
    """One unit: what it is, what it says of itself, and what it has been told."""

    name: str
    application: str
    machine: str
    # The unit that a subordinate came with; empty for all others.
    principal: str = ""
    life: Life = "alive"
    agent: Status
    workload: Status
    # Open for every endpoint, such as `80/tcp`, `8000-8010/udp`, `icmp`; and for named ones only.
    ports: tuple[str, ...] = ()
    endpoint_ports: dict[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])
    state: dict[str, str] = Field(default_factory=dict[str, str])
    resolve: Literal["", "retry", "skip"] = ""
    force_removal: bool = False
    next_update_status: datetime | None = None
    local: Local = Field(default_factory=Local)


class Bag(Frozen):
    """One databag; `version` grows by one with each real change, from 0 (never written)."""

    data: dict[str, str] = Field(default_factory=dict[str, str])
    version: int = 0


class Relation(Frozen):
    """A relation: one endpoint for peers, else provider and requirer in this order."""

    id: int
    endpoints: tuple[Endpoint, ...]
    life: Life = "alive"
    since: datetime
    # Units in scope, and the last bag of every unit that ever was.
    scope: frozenset[str] = frozenset()
    units: dict[str, Bag] = Field(default_factory=dict[str, Bag])
    applications: dict[str, Bag] = Field(default_factory=dict[str, Bag])
    # Of a relation that crosses models, in the offering one: `<model uuid>:<id>` of the consuming
    # half, and through which offer it came. In the consuming one: whether that half is there.
    origin: str = ""
    offer: str = ""
    linked: bool = False

    @property
    def key(self) -> str:
        """`requirer:ep provider:ep`, or `app:ep` for peers, as Juju names a relation."""
        return " ".join(f"{e.application}:{e.name}" for e in reversed(self.endpoints))

    @property
    def contained(self) -> bool:
        """Whether only a subordinate and its own principal see each other."""
        return any(endpoint.scope == "container" for endpoint in self.endpoints)

    def endpoint_of(self, application: str) -> Endpoint:
        """The end that `application` holds; KeyError when it holds none."""
        for endpoint in self.endpoints:
            if endpoint.application == application:
                return endpoint
        raise KeyError(application)

    def other(self, application: str) -> Endpoint:
        """The end opposite `application`; for a peer relation its own end."""
        return next((e for e in self.endpoints if e.application != application), self.endpoints[0])


class Offer(Frozen):
    """Endpoints of an application that other models may consume."""

    name: str
    application: str
    endpoints: tuple[str, ...]
    created: datetime


class Remote(Frozen):
    """An application of another model as it appears here: one consumed, or one that consumes.

    `url` names the offer that is consumed; it is empty for the other kind, whose name nobody
    chose. `model` is the other model's UUID.
    """

    name: str
    model: str
    url: str = ""
    endpoints: dict[str, Endpoint] = Field(default_factory=dict[str, Endpoint])
    life: Life = "alive"
    since: datetime


class Revision(Frozen):
    """One revision of a secret; values are base64 text, as on Juju's wire."""

    number: int
    content: dict[str, str]
    checksum: str
    created: datetime
    expires: datetime | None = None
    backend: str = "internal"


class Grant(Frozen):
    """Who may read a secret: an application or a unit, within a relation when it has one."""

    target: str
    relation: int | None = None


class Consumer(Frozen):
    """One reader's record: the revision it tracks and the label it gave."""

    tracked: int
    label: str = ""


class Secret(Frozen):
    """A secret with all its revisions; `owner` is an application, a unit or `<model>`."""

    id: str
    owner: str
    label: str = ""
    description: str = ""
    rotate: str = "never"
    rotates: datetime | None = None
    # A user secret may drop by itself the revisions that nobody tracks any more.
    auto_prune: bool = False
    latest: int = 1
    revisions: dict[int, Revision]
    grants: tuple[Grant, ...] = ()
    consumers: dict[str, Consumer] = Field(default_factory=dict[str, Consumer])
    created: datetime
    updated: datetime


class Task(Frozen):
    """One action (or `juju-exec` command) on one unit."""

    id: int
    operation: int
    unit: str
    action: str
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    # What it waits for on its machine: nothing, only tasks of its group, or everything.
    parallel: bool = False
    group: str = ""
    status: Literal[
        "pending", "running", "completed", "failed", "cancelled", "aborting", "aborted", "error"
    ] = "pending"
    message: str = ""
    results: dict[str, Any] = Field(default_factory=dict[str, Any])
    log: tuple[tuple[datetime, str], ...] = ()
    enqueued: datetime
    started: datetime | None = None
    completed: datetime | None = None


class Operation(Frozen):
    """One `juju run` or `juju exec`: its tasks, and who could not be asked."""

    id: int
    summary: str
    tasks: tuple[int, ...]
    enqueued: datetime
    failures: dict[str, str] = Field(default_factory=dict[str, str])


class Machine(Frozen):
    """A machine: a loopback address, a name and a directory on this host."""

    id: str
    address: str
    hostname: str
    base: Base
    life: Life = "alive"
    since: datetime
    # Recorded and shown, no more.
    constraints: str = ""
    annotations: dict[str, str] = Field(default_factory=dict)
    # Made by `juju add-machine`: stays when its last unit goes.
    kept: bool = False
    # It was there and has gone down without being asked to: its units are not heard of.
    down: bool = False


class Storage(Frozen):
    """One storage instance and the unit it is attached to: none while it is detached.

    `location` is where the charm finds it on its machine, below the machine's directory.
    """

    id: str
    name: str
    kind: Literal["filesystem", "block"] = "filesystem"
    owner: str
    location: str
    pool: str = persona.POOL
    life: Life = "alive"
    # On its way from its unit, to stay without one.
    detaching: bool = False
    size: int = 1024
    since: datetime


class Model(Frozen):
    """One Juju model, whole."""

    name: str
    uuid: str
    life: Life = "alive"
    created: datetime
    # The boot of the host that its machines live in: after another one they have rebooted.
    boot: str = ""
    # The first three numbers of its machines' addresses, such as `127.83.7`.
    network: str = "127.0.1"
    config: dict[str, Scalar] = Field(default_factory=dict[str, Scalar])
    constraints: str = ""
    ssh_keys: tuple[str, ...] = ()
    charms: dict[str, Charm] = Field(default_factory=dict[str, Charm])
    applications: dict[str, Application] = Field(default_factory=dict[str, Application])
    units: dict[str, Unit] = Field(default_factory=dict[str, Unit])
    machines: dict[str, Machine] = Field(default_factory=dict[str, Machine])
    relations: dict[int, Relation] = Field(default_factory=dict[int, Relation])
    offers: dict[str, Offer] = Field(default_factory=dict[str, Offer])
    remotes: dict[str, Remote] = Field(default_factory=dict[str, Remote])
    secrets: dict[str, Secret] = Field(default_factory=dict[str, Secret])
    storage: dict[str, Storage] = Field(default_factory=dict[str, Storage])
    tasks: dict[int, Task] = Field(default_factory=dict[int, Task])
    operations: dict[int, Operation] = Field(default_factory=dict[int, Operation])
    # Next number of each sequence: machine, relation, operation, storage, charm-<name>.
    sequences: dict[str, int] = Field(default_factory=dict[str, int])

    def charm_of(self, application: str) -> Charm:
        """The charm that `application` runs."""
        return self.charms[self.applications[application].charm_url]

    def units_of(self, application: str) -> list[Unit]:
        """The units of `application` in order of their numbers."""
        found = (u for u in self.units.values() if u.application == application)
        return sorted(found, key=lambda u: int(u.name.rpartition("/")[2]))

    def subordinates_of(self, unit: str) -> list[Unit]:
        """The subordinates that came with a unit."""
        return [u for u in self.units.values() if u.principal == unit]

    def relations_of(self, application: str) -> list[Relation]:
        """The relations of `application` in order of their ids."""
        ends = (
            r
            for r in self.relations.values()
            if any(e.application == application for e in r.endpoints)
        )
        return sorted(ends, key=lambda r: r.id)
