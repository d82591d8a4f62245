# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""dataops_operations: our two sides with each other, and each with a foreign charm's bags."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import ops
import pytest

from dataops.interfaces.operations import (
    CatalogueEntry,
    OperationsProvider,
    OperationsRequirer,
    Outcome,
    Participant,
    Status,
    Task,
)
from dataops.operations import Context, Params, Result, Scope, Verb
from dataops.testing import asked_of_us, complaints, offered_to_us
from tests.interface.wire import Bag, Side, decoded, talk
from tools import interfaces


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


V1 = Path(__file__).resolve().parents[2] / "docs/reference/interfaces/dataops_operations/v1"


def test_the_documented_schemas_are_those_of_the_code():
    for path, text in interfaces.files().items():
        assert path.read_text() == text, f"Run tools/interfaces.py: {path.name} is old"


@pytest.mark.parametrize("side", ["provider", "requirer"])
def test_the_samples_are_as_documented(side):
    schema = json.loads((V1 / "schemas" / f"{side}.json").read_text())
    sample = json.loads((V1 / "samples" / f"{side}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(sample)


def test_a_requirer_reads_the_sample_of_a_provider():
    sample = json.loads((V1 / "samples" / "provider.json").read_text())
    requirer = asking("change-bulb")
    bags = {
        "catalogue": json.dumps(sample["app"]["catalogue"]),
        "role": sample["app"]["role"],
    }
    outcome = {0: {"outcome": json.dumps(sample["unit"]["outcome"])}}
    requirer.hear_bags("lighthouse", bags, outcome)
    requirer.wake()
    (found,) = FOUND
    verb = found.verb("change-bulb")
    assert (found.role, verb.scope, verb.long, verb.mutating) == (
        "navigation", Scope.ROLLING, True, True,
    )  # fmt: skip
    told = found.outcomes["lighthouse/0"]
    assert (told.status, told.done, told.final) == (Status.RUNNING, 0.5, False)


def test_a_provider_reads_the_sample_of_a_requirer(provider):
    task = json.loads((V1 / "samples" / "requirer.json").read_text())["app"]["task"]
    read = Task.model_validate(task)
    assert (read.id, read.units) == ("7/bulbs/1", ("lighthouse/0",))
    provider.hear_bags("boss", {"task": json.dumps({**task, "deadline": None})}, {})
    provider.wake()
    outcome = json.loads(provider.relation.local_app_data["outcome"])
    assert outcome["message"].startswith('app has no verb "change-bulb"')


def test_both_our_sides_write_as_documented(provider):
    requirer = asking("double-each", ("app/0",))
    talk(provider, requirer)
    talk(provider, requirer)
    assert complaints(provider.relation) == []
    assert complaints(requirer.relation, "requirer") == []


def test_whoever_writes_otherwise_is_told():
    bags = {"catalogue": '[{"name": "sing"}]', "outcome": "{"}
    relation = asked_of_us(local_app_data=bags, local_unit_data={"outcome": '{"status": "gone"}'})
    found = "\n".join(complaints(relation))
    for hint in ("app/outcome: is not JSON", "'scope' is a required", "'gone' is not one of"):
        assert hint in found


def test_the_ends_for_tests_are_what_the_other_side_reads():
    verb = CatalogueEntry(name="sing", scope=Scope.UNIT)
    done = Outcome(task="7/try/1", status=Status.COMPLETED)
    relation = offered_to_us("choir", [verb], role="music", units={3: done, 4: None})
    requirer = asking("sing")
    requirer.hear_bags("choir", relation.remote_app_data, relation.remote_units_data)
    requirer.wake()
    (choir,) = FOUND
    assert (choir.role, choir.verb("sing").scope, choir.units) == (
        "music", Scope.UNIT, ("choir/3", "choir/4"),
    )  # fmt: skip
    assert choir.outcomes["choir/3"] == done
