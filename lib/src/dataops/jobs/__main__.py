# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The process of one job: `python -m dataops.jobs DIRECTORY`.

It does the work of the verb that its ticket names, writes how far it is and how it ended, and
wakes the charm. Whatever kills it, it is started again; what has ended is not begun again.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from dataops.host import wake
from dataops.interfaces.operations import Outcome, Status, utc_now
from dataops.jobs._files import JobFiles, Ticket
from dataops.jobs._progress import Progress
from dataops.operations import Cancelled, JobVerb, OperationError, Work, explain, verb_of

logger = logging.getLogger("dataops.jobs")

# Work that ends its own process every time, or a machine that cannot bear it, is given up.
_MOST_STARTS = 10
# Where charms keep their verbs.
_PACKAGE = "operations"


def main(directory: str) -> int:
    """Do the work, unless it is done, and wake the charm."""
    logging.basicConfig(
        level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s"
    )
    ending = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    files = JobFiles(Path(directory))
    ticket = files.ticket()
    if ticket is None:
        return 0
    if files.outcome() is None:
        outcome = _outcome(files, ticket, ending)
        if outcome is None or ending.is_set():
            # Cancelled, or the machine goes down and the job begins again with it.
            logger.info("%s of task %s: ended early", ticket.verb, ticket.task)
            return 0
        logger.info("%s of task %s: %s", ticket.verb, ticket.task, outcome.status.value)
        files.finish(ticket, outcome)
    wake.call(ticket.unit, ticket.juju_exec)
    return 0


def _outcome(files: JobFiles, ticket: Ticket, ending: threading.Event) -> Outcome | None:
    """How the work ended; None when it was cancelled."""
    starts = files.begin()
    base = Outcome(task=ticket.task, started=ticket.started, unit=ticket.unit)
    try:
        if starts > _MOST_STARTS:
            raise OperationError(
                f"{ticket.verb} was ended from outside {_MOST_STARTS} times before it was done. "
                f"See its log on {ticket.unit}"
            )
        with Progress(files, lambda: wake.call(ticket.unit, ticket.juju_exec, 0)) as progress:
            results = _work(ticket, progress, starts > 1, ending)
    except Cancelled:
        return None
    except Exception as error:  # The charm learns why.
        logger.exception("%s of task %s failed", ticket.verb, ticket.task)
        failed = {"status": Status.FAILED, "message": explain(error), "finished": utc_now()}
        return base.model_copy(update=failed)
    done = {"status": Status.COMPLETED, "results": results, "finished": utc_now()}
    return base.model_copy(update=done)


def _work(
    ticket: Ticket, progress: Progress, restarted: bool, ending: threading.Event
) -> dict[str, object]:
    """The result of the verb's work, as JSON."""
    verb = verb_of(_PACKAGE, ticket.verb.replace("-", "_"))
    if not isinstance(verb, JobVerb):
        raise OperationError(f"{ticket.verb} is no job in this revision of the charm. Try again.")
    work = Work(
        spec=verb.spec.model_validate(ticket.spec),
        restarted=restarted,
        tell=progress.tell,
        asked_to_end=ending.is_set,
    )
    return verb.work(work).model_dump(mode="json", by_alias=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
