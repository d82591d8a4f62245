# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Nobody overtakes, and no slot is lost."""

from __future__ import annotations

import threading
import time

from onebox.slots import Slots


def wait_for(slots: Slots, waiting: int) -> None:
    deadline = time.monotonic() + 60
    while slots.waiting != waiting:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_who_leaves_and_comes_back_queues_behind_those_who_wait() -> None:
    slots, came = Slots(1), list[str]()

    def visit(name: str) -> None:
        with slots:
            came.append(name)

    with slots:
        others = [threading.Thread(target=visit, args=(name,)) for name in ("first", "second")]
        for number, other in enumerate(others, start=1):
            other.start()
            wait_for(slots, number)
    visit("again")
    assert came == ["first", "second", "again"]
    for other in others:
        other.join(60)


def test_as_many_as_there_are_places_are_in_at_once() -> None:
    slots, inside, most = Slots(3), set[int](), list[int]()
    guard = threading.Lock()

    def visit(number: int) -> None:
        for _ in range(20):
            with slots:
                with guard:
                    inside.add(number)
                    most.append(len(inside))
                time.sleep(0.0005)
                with guard:
                    inside.remove(number)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert max(most) == 3
    assert slots.waiting == 0


def test_a_place_is_given_back_by_who_fails() -> None:
    slots = Slots(1)
    try:
        with slots:
            raise ValueError
    except ValueError:
        pass
    with slots:
        assert slots.waiting == 0
