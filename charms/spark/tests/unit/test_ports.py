# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from itertools import chain

from ports import Ports


def numbers(ports: Ports, units: int, slots: int) -> list[int]:
    workers = chain.from_iterable((ports.worker(n), ports.worker_ui(n)) for n in range(units))
    jobs = chain.from_iterable((ports.driver_ui(n), ports.job_metrics(n)) for n in range(slots))
    return [ports.master, ports.master_ui, ports.history, *workers, *jobs]


def test_nobody_shares_a_port() -> None:
    found = numbers(Ports(), 100, 400)
    assert len(found) == len(set(found))


def test_an_offset_moves_all_of_them() -> None:
    assert numbers(Ports(100), 9, 9) == [port + 100 for port in numbers(Ports(), 9, 9)]
