# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Both ends of `dataops_operations`, as the other side would have written them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dataops.interfaces.operations import CatalogueEntry, Outcome, Task
from dataops.interfaces.operations import schema as schemas

if TYPE_CHECKING:
    # Comes with ops[testing], which a charm at work does without.
    from ops import testing

INTERFACE = "dataops_operations"
_PLAIN = ("role",)


def asked_of_us(
    task: Task | None = None, *, endpoint: str = "operations", **more: Any
) -> testing.Relation:
    """For a provider's test: a relation whose requirer asks for this task, or for nothing.

    Args:
        task: what is asked for.
        endpoint: the provider's.
        more: other arguments of `ops.testing.Relation`, such as `local_unit_data`.
    """
    from ops import testing

    bag = {"task": task.to_json()} if task else {}
    return testing.Relation(
        endpoint, INTERFACE, remote_app_name="day2", remote_app_data=bag, **more
    )


def offered_to_us(
    application: str,
    verbs: Iterable[CatalogueEntry] = (),
    *,
    role: str = "",
    units: Mapping[int, Outcome | None] | None = None,
    outcome: Outcome | None = None,
    endpoint: str = "operations",
    **more: Any,
) -> testing.Relation:
    """For a requirer's test: a relation with an application that offers these verbs.

    Args:
        application: its name.
        verbs: its catalogue.
        role: its role.
        units: its units' outcomes by number; one unit without an outcome unless said.
        outcome: of the application, for a verb of the leader.
        endpoint: the requirer's.
        more: other arguments of `ops.testing.Relation`.
    """
    from ops import testing

    catalogue = [json.loads(verb.to_json()) for verb in verbs]
    bag = {"catalogue": json.dumps(catalogue), "role": role}
    bag |= {"outcome": outcome.to_json()} if outcome else {}
    found = {0: None} if units is None else units
    return testing.Relation(
        endpoint,
        INTERFACE,
        remote_app_name=application,
        remote_app_data={key: value for key, value in bag.items() if value},
        remote_units_data={n: {"outcome": o.to_json()} if o else {} for n, o in found.items()},
        **more,
    )


def complaints(relation: testing.Relation, side: str = "provider") -> list[str]:
    """In which respects our own databags of this relation are not as documented.

    Args:
        relation: after the event under test.
        side: ours: `provider` or `requirer`.
    """
    import jsonschema

    schema = schemas.provider() if side == "provider" else schemas.requirer()
    validator: Any = jsonschema.Draft202012Validator(schema)
    problems: list[str] = []
    bags = {"app": relation.local_app_data, "unit": relation.local_unit_data}
    decoded = {name: _decoded(name, bag, problems) for name, bag in bags.items()}
    if not decoded["app"]:
        # A unit that does not lead writes none.
        del decoded["app"]
    found = validator.iter_errors(decoded)
    return problems + [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in found]


def _decoded(name: str, bag: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    """The values of a databag's own keys."""
    found: dict[str, Any] = {}
    for key, text in bag.items():
        if key in ("egress-subnets", "ingress-address", "private-address"):
            continue
        try:
            found[key] = text if key in _PLAIN else json.loads(text)
        except ValueError:
            problems.append(f"{name}/{key}: is not JSON")
    return found
