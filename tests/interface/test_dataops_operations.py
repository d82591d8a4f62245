# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""dataops_operations: our two sides with each other, and each with a foreign charm's bags."""

import json
from typing import Any

import jsonschema
import ops
import pytest

from dataops.interfaces.operations import (
    OperationsProvider,
    OperationsRequirer,
    Participant,
    Status,
    Task,
)
from dataops.operations import Context, Params, Result, Scope, Verb
from tests.interface.wire import Bag, Side, decoded, talk


class Answer(Result):
    """What the verb gives."""

    twice_the_value: int


class Question(Params):
    """What the verb takes."""

    the_value: int


def double(context: Context[None, None, Question]) -> Answer:
    return Answer(twice_the_value=2 * context.params.the_value)


VERBS = tuple(
    Verb(
        name=name,
        description="Doubles.",
        run=double,
        params=Question,
        result=Answer,
        scope=scope,
    )
    for name, scope in (("double-once", Scope.LEADER), ("double-each", Scope.UNIT))
)


class Entry(Bag):
    """One verb as it stands in the catalogue."""

    name: str
    description: str
    scope: str
    params: dict[str, Any]
    result: dict[str, Any]
    long: bool
    mutating: bool


class ProviderApplication(Bag):
    """The provider's application bag."""

    catalogue: list[Entry]
    outcome: dict[str, Any] | None = None


class RequirerTask(Bag):
    """The requirer's task."""

    operation: int
    step: str
    verb: str
    params: dict[str, Any]
    attempt: int
    units: list[str] | None = None


class Provider(ops.CharmBase):
    """Offers two verbs."""

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        provider = OperationsProvider(self, "wire", VERBS)
        provider.publish_catalogue()
        provider.run_due(None, None)


# What the requirer saw last.
FOUND: list[Participant] = []


class Requirer(ops.CharmBase):
    """Asks for whatever the test wants."""

    task: Task

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        requirer = OperationsRequirer(self, "wire")
        FOUND[:] = requirer.participants()
        for participant in FOUND:
            requirer.request(participant.application, self.task)


def asking(verb: str, units: tuple[str, ...] | None = None) -> Side:
    task = Task(operation=7, step="try", verb=verb, params={"the-value": 21}, units=units)
    charm = type("ThisRequirer", (Requirer,), {"task": task})
    return Side(charm, "requires", "dataops_operations", "day2")


@pytest.fixture
def provider():
    return Side(Provider, "provides", "dataops_operations", "app")


@pytest.mark.parametrize(("verb", "who"), [("double-once", "app"), ("double-each", "app/0")])
def test_a_task_is_done_and_its_outcome_read(provider, verb, who):
    requirer = asking(verb)
    talk(provider, requirer)
    talk(provider, requirer)
    (found,) = FOUND
    outcome = found.outcomes[who]
    assert (outcome.task, outcome.status) == ("7/try/1", Status.COMPLETED)
    assert outcome.results == {"twice-the-value": 42}


def test_the_bags_are_as_documented(provider):
    requirer = asking("double-once")
    talk(provider, requirer)
    talk(provider, requirer)
    bag = decoded(provider.relation.local_app_data, {"catalogue", "outcome"})
    published = ProviderApplication.model_validate(bag)
    assert [entry.scope for entry in published.catalogue] == ["leader", "unit"]
    assert published.catalogue[0].params["properties"]["the-value"]["type"] == "integer"
    RequirerTask.model_validate_json(requirer.relation.local_app_data["task"])


def test_a_foreign_provider_takes_part_from_the_documentation_alone():
    """It knows two fields of the catalogue and three of an outcome, and adds some of its own."""
    requirer = asking("sing")
    catalogue = json.dumps([{"name": "sing", "scope": "unit", "volume": 11}, {"verse": 1}, 7])
    outcome = json.dumps({"task": "7/try/1", "status": "completed", "results": {"notes": 3}})
    requirer.hear_bags("choir", {"catalogue": catalogue, "mood": "gay"}, {0: {"outcome": outcome}})
    requirer.wake()
    (choir,) = FOUND
    assert [entry.name for entry in choir.catalogue] == ["sing"]
    assert choir.outcomes["choir/0"].results == {"notes": 3}


def test_a_foreign_requirer_asks_with_three_fields(provider):
    task = json.dumps({"operation": 1, "verb": "double-each", "params": {"the-value": 4}, "x": []})
    provider.hear_bags("boss", {"task": task}, {})
    provider.wake()
    assert "outcome" not in provider.relation.local_app_data
    task = json.dumps({**json.loads(task), "units": ["app/0"]})
    provider.hear_bags("boss", {"task": task}, {})
    provider.wake()
    outcome = json.loads(provider.relation.local_unit_data["outcome"])
    assert outcome["results"] == {"twice-the-value": 8}


@pytest.mark.parametrize("text", ["", "nonsense", "null", '{"attempt": "often"}'])
def test_what_cannot_be_read_harms_nobody(provider, text):
    provider.hear_bags("boss", {"task": text}, {})
    provider.wake()
    assert "outcome" not in provider.relation.local_app_data
    requirer = asking("sing")
    requirer.hear_bags("choir", {"catalogue": text}, {0: {"outcome": text}})
    requirer.wake()
    (choir,) = FOUND
    assert (choir.catalogue, choir.outcomes["choir/0"].task) == ((), "")


def test_a_wrong_parameter_is_told_and_not_repeated(provider):
    task = json.dumps({"operation": 1, "verb": "double-once", "params": {"the-value": "hush"}})
    provider.hear_bags("boss", {"task": task}, {})
    provider.wake()
    outcome = json.loads(provider.relation.local_app_data["outcome"])
    assert outcome["status"] == "failed"
    assert "the-value" in outcome["message"]
    assert "hush" not in outcome["message"]


def test_schemas_are_json_schemas():
    for verb in VERBS:
        for shape in (verb.params, verb.result):
            jsonschema.Draft202012Validator.check_schema(shape.model_json_schema())
