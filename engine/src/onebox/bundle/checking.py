# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Verifies a bundle: every error there is, in Juju's words, not just the first."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from onebox import directives
from onebox.bases import parse_base
from onebox.bundle.placement import Placement, parse
from onebox.bundle.specs import ApplicationSpec, Bundle
from onebox.changes.config import typed
from onebox.errors import Refused
from onebox.flags import quote_all
from onebox.model import Charm, Endpoint
from onebox.names import valid
from onebox.values import constraints

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_OFFER_URL = re.compile(r"(?:[^:/.]+:)?(?:[^/.:]+/)?[a-z0-9][a-z0-9-]*\.[a-z][a-z0-9-]*")
_IMPLICIT = "juju-info"
_JUJU_INFO = Endpoint(application="", name=_IMPLICIT, interface=_IMPLICIT, role="provider")


def verify(bundle: Bundle, charms: Mapping[str, Charm]) -> list[str]:
    """Every error of the bundle; empty when it can be deployed.

    Args:
        bundle: what was read.
        charms: the charms that could be read, by application.
    """
    errors = [*_whole(bundle), *_saas(bundle), *_machines(bundle)]
    if not bundle.applications:
        errors.append("at least one application must be specified")
    for name, application in bundle.applications.items():
        if application is None:
            errors.append(f'bundle application for key "{name}" is undefined')
        else:
            errors += _application(name, application, charms.get(name))
            errors += _placements(bundle, name, application)
    return [*errors, *_relations(bundle, charms), *_unused(bundle)]


def _whole(bundle: Bundle) -> Iterator[str]:
    if bundle.bundle not in ("", "kubernetes"):
        yield f'bundle has an invalid type "{bundle.bundle}"'
    if bundle.bundle == "kubernetes":
        yield "this engine runs machine charms; the bundle is for kubernetes"
    if bundle.default_base and not _is_base(bundle.default_base):
        yield f'bundle declares an invalid base "{bundle.default_base}"'


def _saas(bundle: Bundle) -> Iterator[str]:
    for name in bundle.saas:
        if name in bundle.applications:
            yield f'application "{name}" already exists with SAAS "{name}" name'
    for name, saas in bundle.saas.items():
        if saas.url and not _OFFER_URL.fullmatch(saas.url):
            yield f'invalid offer URL "{saas.url}" for SAAS {name}'


def _is_base(text: str) -> bool:
    return not [*_refusal(parse_base, text)]


def _refusal(check: Callable[..., object], *arguments: Any) -> Iterator[str]:
    try:
        check(*arguments)
    except Refused as error:
        yield error.message


def _application(name: str, spec: ApplicationSpec, charm: Charm | None) -> Iterator[str]:
    yield from _charm(name, spec)
    if spec.base and not _is_base(spec.base):
        yield f'application "{name}" declares an invalid base "{spec.base}"'
    for error in _refusal(constraints, spec.constraints):
        yield f'invalid constraints "{spec.constraints}" in application "{name}": {error}'
    for key, text in spec.storage.items():
        for error in _refusal(directives.read, text):
            yield f'invalid storage "{key}" in application "{name}": {error}'
    yield from _resources(name, spec, charm)
    if spec.num_units < 0:
        yield f'negative number of units specified on application "{name}"'
    if len(spec.to) > max(spec.num_units, 0):
        yield f'too many units specified in unit placement for application "{name}"'
    yield from _offers(name, spec, charm)
    if spec.expose and spec.exposed_endpoints:
        yield (
            f'exposed-endpoints cannot be specified together with "exposed:true" in application '
            f'"{name}" as this poses a security risk when deploying bundles to older controllers'
        )
    if charm:
        yield from _against_charm(name, spec, charm)


def _offers(name: str, spec: ApplicationSpec, charm: Charm | None) -> Iterator[str]:
    for offer, body in spec.offers.items():
        if not _NAME.fullmatch(offer):
            yield f'invalid offer name "{offer}" in application "{name}"'
        for endpoint in body.endpoints:
            known = not charm or endpoint == _IMPLICIT or endpoint in charm.endpoints
            if not _NAME.fullmatch(endpoint) or not known:
                yield (
                    f'invalid endpoint name "{endpoint}" for offer "{offer}" '
                    f'in application "{name}"'
                )


def _charm(name: str, spec: ApplicationSpec) -> Iterator[str]:
    if not spec.charm:
        yield "empty charm path"
    elif not spec.charm.startswith("/"):
        yield _of_a_store(name, spec.charm)
    elif not Path(spec.charm).exists():
        yield f'charm path in application "{name}" does not exist: {spec.charm}'
    if spec.revision is not None and not spec.channel:
        yield (
            f'application "{name}" with a revision requires a channel for future upgrades, '
            "please use channel"
        )


def _of_a_store(name: str, charm: str) -> str:
    bare = charm.removeprefix("ch:")
    if re.search(r"-\d+$", bare):
        return f'cannot specify revision in "{charm}", please use revision'
    if not valid("application", bare):
        return f'invalid charm URL in application "{name}": name "{bare}" not valid'
    return (
        f'application "{name}" uses charm "{charm}" of a store; this engine has none: '
        "give the path of a packed charm"
    )


def _resources(name: str, spec: ApplicationSpec, charm: Charm | None) -> Iterator[str]:
    for key, value in spec.resources.items():
        if not key:
            yield f'missing resource name on application "{name}"'
        elif isinstance(value, bool) or not isinstance(value, int | str):
            yield f'resource revision "{key}" is not int or string'
        elif charm and key not in charm.resources:
            yield f'cannot validate application "{name}": unrecognized resource "{key}"'
        elif isinstance(value, str) and not Path(value).is_file():
            yield f'resource "{key}" of application "{name}" does not exist: {value}'


def _against_charm(name: str, spec: ApplicationSpec, charm: Charm) -> Iterator[str]:
    if charm.subordinate and spec.num_units:
        yield f'application "{name}" is subordinate but has non-zero num_units'
    if charm.subordinate and spec.to:
        yield f'application "{name}" is subordinate but specifies unit placement'
    for option, value in spec.options.items():
        prefix = f'cannot validate application "{name}": '
        if option in charm.options:
            declared = charm.options[option]
            yield from (prefix + error for error in _refusal(typed, option, declared, value))
        elif option != "trust":
            yield f'{prefix}configuration option "{option}" not found in charm "{charm.name}"'
    for key in spec.storage:
        if key not in charm.storage:
            yield f'charm "{charm.name}" used by application "{name}" has no store called "{key}"'


# -- placement ---------------------------------------------------------------------------------


def _placements(bundle: Bundle, name: str, spec: ApplicationSpec) -> Iterator[str]:
    if spec.placement:
        yield f'placement (not to) specified in application "{name}" of a machine bundle'
    for text in spec.to:
        placement = parse(text)
        if placement is None:
            yield f'invalid placement syntax "{text}"'
        else:
            yield from _target(bundle, text, placement)


def _target(bundle: Bundle, text: str, placement: Placement) -> Iterator[str]:
    if placement.machine and placement.machine not in bundle.machines:
        yield f'placement "{text}" refers to a machine not defined in this bundle'
    if not placement.application:
        return
    target = bundle.applications.get(placement.application)
    if target is None:
        yield f'placement "{text}" refers to an application not defined in this bundle'
    elif placement.unit is not None and placement.unit >= target.num_units:
        yield (
            f'placement "{text}" specifies a unit greater than the {target.num_units} unit(s) '
            "started by the target application"
        )


def _machines(bundle: Bundle) -> Iterator[str]:
    for key, machine in bundle.machines.items():
        if not key.isdigit():
            yield f'invalid machine id "{key}" found in machines'
        if machine.base and not _is_base(machine.base):
            yield f'invalid base "{machine.base}" for machine "{key}"'


# -- relations ---------------------------------------------------------------------------------


def _unused(bundle: Bundle) -> Iterator[str]:
    placements = [parse(t) for a in bundle.applications.values() if a for t in a.to]
    used = {p.machine for p in placements if p}
    for key in bundle.machines:
        if key not in used:
            yield f'machine "{key}" is not referred to by a placement directive'


def _relations(bundle: Bundle, charms: Mapping[str, Charm]) -> Iterator[str]:
    seen: set[frozenset[str]] = set()
    for ends in bundle.relations:
        shown = quote_all(ends)
        if len(ends) != 2:
            yield f"relation {shown} has {len(ends)} endpoint(s), not 2"
            continue
        names = [end.partition(":")[0] for end in ends]
        unknown = [n for n in names if n not in bundle.applications and n not in bundle.saas]
        for name in unknown:
            yield f'relation {shown} refers to application "{name}" not defined in this bundle'
        if names[0] == names[1]:
            yield f"relation {shown} relates an application to itself"
        elif frozenset(ends) in seen:
            yield f"relation {shown} is defined more than once"
        elif all(name in charms for name in names):
            yield from _ends(ends[0], ends[1], charms)
        seen.add(frozenset(ends))


def _ends(a: str, b: str, charms: Mapping[str, Charm]) -> Iterator[str]:
    missing = [end for end in (a, b) if not _declared(end, charms)]
    for end in missing:
        name, _, endpoint = end.partition(":")
        yield (
            f'charm "{charms[name].name}" used by application "{name}" '
            f'does not define relation "{endpoint}"'
        )
    if missing:
        return
    if ":" in a and ":" in b:
        yield from _mismatch((a, _declared(a, charms)[0]), (b, _declared(b, charms)[0]))
        return
    yield from _refusal(infer, a, b, charms)


def _mismatch(left: tuple[str, Endpoint], right: tuple[str, Endpoint]) -> Iterator[str]:
    # Juju names the provider first.
    (a, one), (b, two) = sorted((left, right), key=lambda end: end[1].role != "provider")
    if one.role == two.role:
        yield f'relation "{left[0]}" to "{right[0]}" relates {one.role} to {two.role}'
    elif one.interface != two.interface:
        kinds = f'("{one.interface}" vs "{two.interface}")'
        yield f'mismatched interface between "{a}" and "{b}" {kinds}'


def _declared(end: str, charms: Mapping[str, Charm]) -> list[Endpoint]:
    name, _, endpoint = end.partition(":")
    every = [*charms[name].endpoints.values(), _JUJU_INFO]
    return [e for e in every if endpoint in ("", e.name) and e.role != "peer"]


def infer(a: str, b: str, charms: Mapping[str, Charm]) -> tuple[str, str]:
    """The full `app:endpoint` of both ends; Refused when none or several pairs fit."""
    one, two = a.partition(":")[0], b.partition(":")[0]
    pairs = [
        (f"{one}:{left.name}", f"{two}:{right.name}")
        for left in _declared(a, charms)
        for right in _declared(b, charms)
        if left.interface == right.interface and left.role != right.role
    ]
    explicit = [pair for pair in pairs if not any(end.endswith(_IMPLICIT) for end in pair)]
    if len(pairs) > 1 and explicit:
        pairs = explicit
    if not pairs:
        raise Refused(f"cannot infer endpoint between {a} and {b}: no relations found")
    if len(pairs) > 1:
        listed = "; ".join(sorted(f'"{x} {y}"' for x, y in pairs))
        raise Refused(f'ambiguous relation: "{a} {b}" could refer to {listed}')
    return pairs[0]
