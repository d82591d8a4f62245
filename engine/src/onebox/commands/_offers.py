# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Offer URLs: `[controller:][user/]model.offer[:endpoint]`."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from onebox import persona
from onebox.commands._call import Call, Json
from onebox.errors import Refused
from onebox.flags import quote
from onebox.focus import bare

_URL = re.compile(
    r"(?:(?P<controller>[^:/.]+):)?(?:(?P<user>[^/.:]+)/)?"
    r"(?P<model>[a-z0-9][a-z0-9-]*)\.(?P<name>[a-z][a-z0-9-]*)(?::(?P<endpoint>[^:]+))?"
)
# What a URL may look like to Juju before it looks at the names in it.
_FORM = re.compile(r"(?:[^:]+:)?(?:[^/]+/)?(?P<model>[^./]*)(?:\.(?P<name>[^:/]*)(?::[^/]*)?)?")


@dataclass(frozen=True)
class OfferUrl:
    """The model's own name, the offer's and, if given, an endpoint's."""

    model: str
    name: str
    endpoint: str = ""

    def __str__(self) -> str:
        return f"{persona.USER}/{self.model}.{self.name}"


def parse(text: str) -> OfferUrl | None:
    """What a URL names; None for a text that is none, such as an application's name."""
    found = _URL.fullmatch(text)
    if found is None:
        return None
    if found["controller"]:
        bare(f"{found['controller']}:{found['model']}")
    return OfferUrl(found["model"], found["name"], found["endpoint"] or "")


def named(text: str, model: str = "") -> OfferUrl:
    """What a URL names, or an offer of `model` by its bare name; else Refused."""
    found = parse(text)
    if found is None and model and re.fullmatch(r"[a-z][a-z0-9-]*", text):
        found = OfferUrl(model, text)
    if found is None:
        raise Refused(_wrong(text))
    return found


def _wrong(text: str) -> str:
    """Why a text is no URL, in Juju's words."""
    found = _FORM.fullmatch(text)
    if not found or text.startswith(":"):
        form = "[<source>:][<qualifier>]<model>.<offername>"
        return f"offer URL has invalid form, must be {form}: {quote(text)}"
    if not found["model"]:
        return "offer URL is missing model"
    if not found["name"]:
        return "offer URL is missing the name"
    if not re.fullmatch("[a-z0-9][a-z0-9-]*", found["model"]):
        return f"model name {quote(found['model'])} not valid"
    return f"offer name {quote(found['name'])} not valid"


def models(call: Call) -> Iterator[Json]:
    """Every model in full, one that goes away meanwhile left out."""
    for entry in call.client.call("models"):
        with contextlib.suppress(Refused):
            yield call.client.call("snapshot", model=entry["name"])


def consume(call: Call, url: OfferUrl, alias: str = "") -> str:
    """Make an offer known in the model; by which name."""
    name = alias or url.name
    call.ask("consume", source=url.model, name=url.name, alias=name)
    return name
