# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import textwrap

from dataops.certificates import Entry, table

NOW = datetime.datetime(2026, 11, 23, 22, 30, tzinfo=datetime.timezone.utc)
OLD, NEW = "CN=development CA G1 [1f2e3d4c]", "CN=development CA G2 [9a8b7c6d]"
APPLICATIONS = ("certificates", "kafka", "object-storage", "prometheus", "spark")


def an_entry(unit, port, days=89.9, issuer=OLD, trusts=(OLD,), **more):
    application, _, number = unit.partition("/")
    given = {
        "application": application, "unit": unit, "port": port, "issuer": issuer,
        "subject": f"CN={application}-{number}", "sans": ("127.101.42.15",),
        "serial": "4f3a9c0d1e2b4a5f60718293a4b5c6d7e8f90123", "days_left": days,
        "not_after": NOW + datetime.timedelta(days=days), "trusts": trusts,
    }  # fmt: skip
    return Entry(**{**given, **more})


def test_a_line_for_each_certificate_then_whose_they_are_and_who_trusts_the_issuers():
    found = table(
        [
            an_entry("kafka/0", 9093, trusts=(OLD, NEW)),
            an_entry("kafka/0", 19093, trusts=(OLD, NEW)),
            an_entry("spark/0", 8480, 3.04, NEW, (NEW,)),
            Entry(application="kafka", unit="kafka/1", port=9093, problem="nothing serves TLS"),
            an_entry("certificates/leader", 0, 3650, subject=OLD, sans=(), trusts=()),
        ]
    )
    assert found == textwrap.dedent("""\
        UNIT                 PORT   DAYS    UNTIL             SERIAL            BY
        spark/0              8480   3.0     2026-11-26 23:27  4f3a9c0d1e2b4a5f  #1
        kafka/0              9093   89.9    2027-02-21 20:06  4f3a9c0d1e2b4a5f  #2
        kafka/0              19093  89.9    2027-02-21 20:06  4f3a9c0d1e2b4a5f  #2
        certificates/leader  -      3650.0  2036-11-20 22:30  4f3a9c0d1e2b4a5f  #2
        kafka/1              9093   nothing serves TLS

        UNIT     SUBJECT     FOR
        spark/0  CN=spark-0  127.101.42.15
        kafka/0  CN=kafka-0  127.101.42.15

        #1 CN=development CA G2 [9a8b7c6d], trusted by kafka, spark
        #2 CN=development CA G1 [1f2e3d4c], trusted by kafka""")


def test_a_terminal_of_80_columns_shows_it_as_juju_indents_it():
    names = tuple(f"name-{number}.somewhere.example.com" for number in range(5))
    found = table(
        [
            an_entry("certificates/leader", 0, 3650, subject=OLD, trusts=()),
            *(an_entry(f"{name}/0", 19093, 365, sans=names) for name in APPLICATIONS),
        ]
    )
    assert max(len(line) for line in found.splitlines()) <= 76
    assert found.replace("\n   ", " ").endswith(f"trusted by {', '.join(APPLICATIONS)}")


def test_without_certificates_only_what_is_wrong_is_told():
    found = table([Entry(application="a", unit="a/0", port=1, problem="nothing serves TLS")])
    assert found.splitlines()[1:] == ["a/0   1     nothing serves TLS"]
    assert table([]).startswith("UNIT")
