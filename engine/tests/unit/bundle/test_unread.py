# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The texts are those of a Juju 4.0.15 controller for the same files."""

from onebox import bundle

BUNDLE = """\
name: x
series: jammy
tags: [a]
applications:
  a:
    charm: ./rig.charm
    num_units: 1
    numunits: 3
    series: focal
machines:
  "0": {series: jammy, foo: 1}
saas:
  q: {url: admin/t1.z, bar: 2}
---
odd: 1
applications:
  a: {units: 4, offers: {o: {endpoints: [db], what: 1}}}
"""
SERIES = """\
unsupported key 'series' detected without a base in the base bundle. Ignoring:
- document 0; bundle contains top level series. Please use default-base
- document 0; bundle application "a" contains series. Please use base
- document 0; bundle machine "0" contains series. Please use base"""
FIELDS = """\
These fields
 unmarshal document 0: yaml: unmarshal errors:
  line 1: field name not found in type charm.bundleData
  line 2: field series not found in type charm.bundleData
  line 8: field numunits not found in applications
  line 9: field series not found in applications
  line 11: field series not found in machines
  line 11: field foo not found in machines
  line 13: field bar not found in saas

 unmarshal document 1: yaml: unmarshal errors:
  line 15: field odd not found in type charm.bundleData
  line 17: field units not found in applications
  line 17: field what not found in type charm.OfferSpec

 unmarshal document 0: yaml: unmarshal errors:
  line 1: field zzz not found in type charm.bundleData
will be ignored during deployment"""


def test_says_what_is_not_read(tmp_path):
    file, overlay = tmp_path / "bundle.yaml", tmp_path / "more.yaml"
    file.write_text(BUNDLE)
    overlay.write_text("zzz: 1\n")
    assert bundle.warnings(tmp_path, [overlay], fields=True) == [SERIES, FIELDS]
    assert bundle.warnings(file, [overlay], fields=False) == [SERIES]


def test_says_nothing_of_a_bundle_that_is_read_in_full(write, two):
    assert bundle.warnings(write(two), [], fields=True) == []
