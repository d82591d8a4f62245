# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import threading

from dataops.evidence.meter.bell import Bell


def test_news_that_come_while_the_charm_looks_are_one_more_look():
    looks, begun, go_on = [], threading.Event(), threading.Event()

    def wake():
        looks.append(len(looks))
        begun.set()
        assert go_on.wait(60)

    bell = Bell(wake)
    bell.ring()
    assert begun.wait(60)
    for _ in range(5):
        bell.ring()
    go_on.set()
    bell.close()
    assert looks == [0, 1]


def test_without_news_nobody_is_woken():
    looks = []
    bell = Bell(lambda: looks.append(1))
    bell.close()
    assert looks == []


def test_the_last_news_are_told_before_it_closes():
    looks = []
    bell = Bell(lambda: looks.append(1))
    bell.ring()
    bell.close()
    assert looks == [1]
