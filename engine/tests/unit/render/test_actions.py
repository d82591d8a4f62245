# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from onebox.render.actions import actions_table, schemas, show_action
from onebox.render.document import to_yaml


def actions(model):
    return model["charms"]["local:prov-0"]["actions"]


def test_table(sample, model):
    assert actions_table(actions(model)) == sample("actions/table.txt")


def test_schemas(sample, model):
    assert to_yaml(schemas(actions(model))) == sample("actions/schema.yaml")


def test_show_action(sample, model):
    assert show_action(actions(model)["hello"]) == sample("actions/show.txt")


def test_action_without_arguments(model):
    # As Juju prints it, whether there are any or not.
    assert show_action(actions(model)["env"]) == "Dump the environment.\n\nArguments\n{}\n\n"


def test_undescribed_action(model):
    action = {**actions(model)["env"], "description": ""}
    assert "env     No description\n" in actions_table({"env": action})


def test_every_line_of_a_description_is_in_the_table(model):
    action = {**actions(model)["env"], "description": "First line.\nSecond line.\n"}
    table = actions_table({"env": action})
    assert table == "Action  Description\nenv     First line.\n        Second line.\n"
