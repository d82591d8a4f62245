# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Uploaded charms, and what a refresh may change."""

from onebox.changes import edit
from onebox.errors import Refused, known
from onebox.model import Charm, Model


def upload(model: Model, charm: Charm) -> tuple[Model, Charm]:
    """The model with the charm and the charm as it is named there: one revision more."""
    model, number = edit.next_number(model, f"charm-{charm.name}")
    named = edit.replace(charm, url=f"local:{charm.name}-{number}", revision=number)
    return edit.put(model, "charms", named.url, named), named


def charm(model: Model, url: str) -> Charm:
    """The charm at `url`; Refused when it was never uploaded."""
    return known(model.charms, "charm", url)


def check_refresh(model: Model, application: str, new: Charm) -> None:
    """Refuses a charm that lacks an endpoint which a relation uses."""
    for relation in model.relations_of(application):
        endpoint = relation.endpoint_of(application)
        found = new.endpoints.get(endpoint.name)
        kept = found and (found.role, found.interface) == (endpoint.role, endpoint.interface)
        if not kept and endpoint.name != "juju-info" and endpoint.role != "peer":
            raise Refused(
                f'cannot upgrade application "{application}" to charm "{new.url}": '
                f'would break relation "{relation.key}"'
            )
