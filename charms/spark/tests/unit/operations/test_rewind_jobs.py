# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import json
import os

import pytest
from factory import AGREEMENT, SAMPLE

from dataops.operations import OperationError
from job_store import JobStore
from operations.create_backup import VERB as CREATE
from operations.hold_jobs import VERB as HOLD
from operations.restore import VERB as RESTORE
from operations.rewind_jobs import VERB

JOB = "flights-hourly"
# The same job, but that it writes files; or with its checkpoint elsewhere.
FILES = SAMPLE.replace("topic: flights-hourly\n    key: key", "path: flights")
FAR = SAMPLE.replace("  trigger:", "  checkpoint: s3a://bucket/job\n  trigger:")


def year(number):
    return datetime.datetime(number, 1, 1, tzinfo=datetime.timezone.utc)


def params(ends=(100,), at=2040, until=2010):
    return {
        "topics": [{"topic": "flights", "ends": list(ends)}],
        "at": year(at).isoformat(),
        "until": year(until).isoformat(),
    }


@pytest.fixture
def held(unit, data):
    """Batch 2 was done in the year 2005, batch 3 in 2015; the job is held."""
    place = data / "checkpoints" / JOB
    for batch, reads, done in ((2, 80, 2005), (3, 120, 2015)):
        for kind in ("offsets", "commits"):
            path = place / kind / str(batch)
            path.write_text(f'v1\n{{}}\n{{"flights":{{"0":{reads}}}}}\n')
            os.utime(path, (year(done).timestamp(), year(done).timestamp()))
    unit(HOLD)


def as_declared(text):
    return {"held": True, "agreement": AGREEMENT.model_copy(update={"jobs": text})}


def offset(data):
    newest = max((data / "checkpoints" / JOB / "offsets").iterdir())
    return json.loads(newest.read_text().splitlines()[2])["flights"]["0"]


def test_a_job_that_writes_to_kafka_goes_back_to_what_the_backup_has_of_it(unit, data, held):
    done = unit(VERB, params(), held=True)
    assert done.rewound == ("flights-hourly: flights-0 from 120 to 80",)
    assert "flights-hourly: flights-0 from 120 to 80" in done.summary
    assert offset(data) == 80


def test_a_job_that_writes_files_goes_on_at_the_end(unit, data, held):
    done = unit(VERB, params(), **as_declared(FILES))
    assert done.rewound == ("flights-hourly: flights-0 from 120 to 100",)
    assert offset(data) == 100


def test_asked_again_it_leaves_what_the_job_has_read_since(unit, data, held):
    unit(VERB, params(), **as_declared(FILES))
    path = data / "checkpoints" / JOB / "offsets" / "3"
    path.write_text(path.read_text().replace("100", "170"))
    assert unit(VERB, params(), **as_declared(FILES)).rewound == ()
    assert offset(data) == 170
    assert unit(VERB, params(at=2050), **as_declared(FILES)).rewound, "another restore"


def test_a_checkpoint_from_an_older_backup_needs_no_rewinding(unit, data, held):
    unit(CREATE)
    unit(VERB, params(), held=True)
    unit(RESTORE, {"confirm": "spark/0"}, held=True)
    assert offset(data) == 120
    # Kafka's backup began after Spark's: what the batches wrote is in it.
    assert unit(VERB, params(ends=(150,), until=2090, at=2091), held=True).rewound == ()
    assert offset(data) == 120


def test_nothing_is_changed_under_a_running_job(unit, data):
    with pytest.raises(OperationError, match="juju run spark/0 hold-jobs"):
        unit(VERB, params())
    assert offset(data) == 120


def test_who_read_less_goes_on_as_before(unit, held):
    done = unit(VERB, params(ends=(120,), until=2030), held=True)
    assert "no job had read further" in done.summary


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        (FILES, {"at": 2011}, "batch 3 began after the restore"),
        (SAMPLE, {"until": 2001}, "restore Spark's backup of before Kafka's"),
        (FAR, {}, "its checkpoint is at s3a://bucket/job"),
    ],
)
def test_a_job_that_cannot_be_rewound_is_stopped_and_named(unit, data, held, text, more, why):
    done = unit(VERB, params(**more), **as_declared(text))
    assert done.rewound == () and why in done.stopped[0]
    assert JOB in done.summary
    assert JobStore(data).stopped() == {JOB}
    assert offset(data) == 120
