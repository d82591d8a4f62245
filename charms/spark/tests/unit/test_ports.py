# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from itertools import chain

from ports import Ports, secure


def numbers(ports: Ports, units: int, slots: int) -> list[int]:
    workers = chain.from_iterable((ports.worker(n), ports.worker_ui(n)) for n in range(units))
    jobs = chain.from_iterable((ports.driver_ui(n), ports.job_metrics(n)) for n in range(slots))
    return [ports.master, ports.master_ui, ports.history, *workers, *jobs]


def test_nobody_shares_a_port() -> None:
    found = numbers(Ports(), 100, 400)
    assert len(found) == len(set(found))


def test_an_offset_moves_all_of_them() -> None:
    assert numbers(Ports(100), 9, 9) == [port + 100 for port in numbers(Ports(), 9, 9)]


def test_nor_does_a_secure_page_share_another_ones() -> None:
    ports = Ports()
    plain = [ports.master_ui, ports.history, *map(ports.worker_ui, range(300))]
    drivers = [ports.driver_ui(slot) for slot in range(100)]
    found = [*numbers(ports, 300, 100), *map(secure, plain), *map(secure, drivers)]
    assert len(found) == len(set(found))
