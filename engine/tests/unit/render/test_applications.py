# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from onebox.render.applications import application_config, show_application
from onebox.render.document import to_json, to_yaml


def test_config(sample, model):
    found = application_config(model, "prov")
    assert to_json(found) == sample("application/config.json")
    assert to_yaml(found) == sample("application/config.yaml")


@pytest.mark.parametrize(
    ("values", "source", "value"),
    [({"count": 7}, "user", 7), ({"count": 3}, "user", 3), ({}, "default", 3)],
)
def test_source_of_a_value(model, values, source, value):
    model["applications"]["prov"]["config"] = values
    setting = application_config(model, "prov")["settings"]["count"]
    assert (setting["source"], setting["value"]) == (source, value)


def test_trust(model):
    model["applications"]["prov"]["trust"] = True
    trust = application_config(model, "prov")["application-config"]["trust"]
    assert (trust["source"], trust["value"]) == ("user", True)


def test_show_application(sample, model):
    found = {"prov": show_application(model, "prov", "amd64")}
    assert to_json(found) == sample("application/show.json")
    assert to_yaml(found) == sample("application/show.yaml")


def test_exposure(model):
    model["applications"]["prov"] |= {"exposed": True, "exposures": {}}
    shown = show_application(model, "prov", "amd64")
    assert shown["exposed-endpoints"] == {"": {"expose-to-cidrs": ["0.0.0.0/0", "::/0"]}}
    model["applications"]["prov"]["exposures"] = {"db": {"spaces": ["alpha"], "cidrs": []}}
    shown = show_application(model, "prov", "amd64")
    assert shown["exposed-endpoints"] == {"db": {"expose-to-spaces": ["alpha"]}}
