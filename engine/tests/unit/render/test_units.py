# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from onebox.render.document import to_json, to_yaml
from onebox.render.units import Shown, for_yaml, show_unit

ALL = Shown()


def test_unit(sample, model):
    found = {"prov/0": show_unit(model, "prov/0", ALL)}
    assert to_json(found) == sample("unit/prov.json")
    assert to_yaml(for_yaml(found)) == sample("unit/prov.yaml")


def test_one_endpoint_and_one_related_unit(sample, model):
    shown = Shown(endpoint="db", related_unit="prov/0")
    found = {"myreq/0": show_unit(model, "myreq/0", shown)}
    assert to_yaml(for_yaml(found)) == sample("unit/endpoint.yaml")


def test_application_data_only(sample, model):
    found = {"myreq/0": show_unit(model, "myreq/0", Shown(application_only=True))}
    assert to_json(found) == sample("unit/application.json")


def test_no_ports_are_null_in_json_and_none_in_yaml(model):
    model["units"]["prov/0"]["ports"] = {}
    found = {"prov/0": show_unit(model, "prov/0", ALL)}
    assert '"opened-ports":null' in to_json(found)
    assert "\n  opened-ports: []\n" in to_yaml(for_yaml(found))
