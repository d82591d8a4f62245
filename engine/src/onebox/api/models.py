# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Models: adding, configuring, destroying them, and what they hold."""

from typing import Any
from uuid import uuid4

from onebox import nspawn
from onebox.agents import Agents
from onebox.api.method import Methods, transact
from onebox.changes import edit, models, options
from onebox.errors import Refused
from onebox.model import Model, Scalar

method = Methods()


@method
def ping(agents: Agents) -> str:
    """Whether anybody is there."""
    return "pong"


@method
def list_models(agents: Agents) -> list[dict[str, Any]]:
    """All models, in short."""
    return [
        {
            **model.model_dump(mode="json", include={"name", "uuid", "life", "created"}),
            "applications": len(model.applications),
            "units": len(model.units),
            "machines": len(model.machines),
        }
        for model in agents.engine.store.models()
    ]


# The module of that name is what `models` means in here.
method["models"] = method.pop("list_models")


@method
def snapshot(agents: Agents, model: str) -> dict[str, Any]:
    """The whole model without the contents of its secrets."""
    return public(agents.engine.store.read(model)).model_dump(mode="json")


@method
def add_model(agents: Agents, name: str, config: dict[str, Scalar] | None = None) -> None:
    """A new, empty model."""
    engine = agents.engine
    uuid = str(uuid4())
    # Refused before it takes a network of its own.
    wanted = models.create(name, uuid, "", config or {}, engine.now())
    if options.boots(wanted) and (reason := nspawn.obstacle()):
        raise Refused(reason)
    network = engine.networks.pick(uuid, wired=options.boots(wanted))
    try:
        engine.store.create(models.create(name, uuid, network, config or {}, engine.now()))
    except BaseException:
        engine.networks.release(network)
        raise


@method
def destroy_model(agents: Agents, model: str, force: bool = False) -> None:
    """The beginning of a model's end; it is gone when `models` no longer lists it."""
    transact(agents, model, lambda m: models.destroy(m, force))


@method
def model_config(agents: Agents, model: str) -> dict[str, Any]:
    """The options that were set, and the defaults of all."""
    return {"values": agents.engine.store.read(model).config, "defaults": options.DEFAULTS}


@method
def set_model_config(
    agents: Agents,
    model: str,
    values: dict[str, Scalar] | None = None,
    reset: list[str] | None = None,
) -> None:
    """Other options of a model."""
    now = agents.engine.now()
    transact(agents, model, lambda m: models.configure(m, values or {}, tuple(reset or ()), now))


@method
def set_model_constraints(agents: Agents, model: str, constraints: str) -> None:
    """What the model asks of its machines."""
    transact(agents, model, lambda m: edit.replace(m, constraints=constraints))


@method
def set_ssh_keys(agents: Agents, model: str, keys: list[str]) -> None:
    """The public keys that the model's machines shall accept."""
    transact(agents, model, lambda m: edit.replace(m, ssh_keys=tuple(keys)))


def public(model: Model) -> Model:
    """The model without the contents of its secrets."""
    if not model.secrets:
        return model
    shown = {
        key: edit.replace(
            secret, revisions={n: edit.replace(r, content={}) for n, r in secret.revisions.items()}
        )
        for key, secret in model.secrets.items()
    }
    return edit.replace(model, secrets=shown)
