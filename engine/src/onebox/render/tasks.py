# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Operations and tasks: what `juju run`, `exec`, `show-task` and `operations` print."""

from onebox.render import times
from onebox.render.document import Json, ordered, to_yaml
from onebox.render.table import Cell, status_cell, table

# The first of these that any task has is the status of its operation.
_OPERATION = (
    *("error", "running", "aborting", "pending"),
    *("failed", "aborted", "cancelled", "completed"),
)
_STREAMS = ("return-code", "stdout", "stderr")
FINISHED = frozenset(("completed", "failed", "cancelled", "aborted", "error"))


def receiver(task: Json, utc: bool = False) -> Json:
    """One task under its unit's name, keys sorted, as JSON and YAML show it."""
    out: Json = {
        "id": str(task["id"]),
        "log": _log(task, utc),
        "message": task["message"],
        "results": ordered(task["results"]),
        "machine": "" if "/" in task["unit"] else task["unit"],
        "status": task["status"],
        "timing": _timing(task, utc),
        "unit": task["unit"] if "/" in task["unit"] else "",
    }
    out = {key: out[key] for key in sorted(out)}
    return {key: value for key, value in out.items() if value not in ("", [], {})}


def _log(task: Json, utc: bool) -> list[str]:
    return [f"{times.go(moment, utc)} {text}" for moment, text in task["log"]]


def _timing(task: Json, utc: bool) -> Json:
    moments = {"enqueued": task["enqueued"], "started": task["started"]}
    return {key: times.go(moment, utc) for key, moment in moments.items() if moment}


def receivers(tasks: list[Json], utc: bool = False) -> Json:
    """All tasks by unit, or by the machine that was asked."""
    found = {task["unit"]: receiver(task, utc) for task in tasks}
    return {name: found[name] for name in sorted(found)}


def return_code(task: Json) -> int:
    """The code its script ended with; 0 when it has not run."""
    return int(task["results"].get("return-code", 0))


def cancelled(task: Json) -> Json:
    """One item of what `cancel-task` prints."""
    done = task["completed"]
    return {
        "action": task["action"],
        "completed at": f"{times.day(done, True)} {times.hour(done, True)}" if done else "n/a",
        "id": str(task["id"]),
        "status": task["status"],
        "unit": task["unit"],
    }


def _values(task: Json) -> str:
    """What the action set, as YAML; nothing when it set nothing."""
    values = {k: v for k, v in task["results"].items() if k not in _STREAMS}
    return to_yaml(ordered(values)) if values else ""


def plain(tasks: list[Json]) -> str:
    """The default output of `juju run`: one task's results, or several by unit."""
    by_unit = {task["unit"]: task for task in _by_unit(tasks)}
    if len(by_unit) == 1:
        return _plain_one(tasks[-1])
    return to_yaml({name: _plain_of_many(task) for name, task in by_unit.items()})


def _by_unit(tasks: list[Json]) -> list[Json]:
    return sorted(tasks, key=lambda task: task["unit"])


def _plain_one(task: Json) -> str:
    failed = task["status"] in ("failed", "error")
    head = f"Action id {task['id']} failed: {task['message']}\n" if failed else ""
    body = "" if task["status"] == "error" else f"{_output(task)}\n"
    results = task["results"]
    streams = (str(results.get(name, "")) for name in ("stdout", "stderr"))
    return head + body + "".join(text.strip("\n") + "\n" for text in streams if text)


def _output(task: Json) -> str:
    """What the action set, or how it ended where it left nothing at all."""
    return _values(task) if task["results"] else f"Task {task['id']} {task['status']}"


def _streams(task: Json) -> str:
    out, err = task["results"].get("stdout", ""), task["results"].get("stderr", "")
    between = "\n" if out and err and not out.endswith("\n") else ""
    text = f"{out}{between}{err}"
    return text if not text or text.endswith("\n") else text + "\n"


def _plain_of_many(task: Json) -> Json:
    out = {
        "id": str(task["id"]),
        "message": task["message"],
        "output": _output(task),
        "status": task["status"],
    }
    return {key: value for key, value in out.items() if value or key == "output"}


def plain_exec(tasks: list[Json]) -> str:
    """The default output of `juju exec`: raw when one says something, else each by name."""
    texts = {task["unit"]: _streams(task) for task in _by_unit(tasks)}
    if len([text for text in texts.values() if text]) < 2:
        return "".join(texts.values())
    return "".join(f"{name}:\n{text}\n" for name, text in texts.items())


def failures(tasks: list[Json]) -> str:
    """The error of `run` and `exec` when a script ended with another code than 0."""
    failed = [task for task in tasks if return_code(task)]
    if not failed:
        return ""
    many = "s" if len(failed) > 1 else ""
    listed = "".join(
        f' - id "{task["id"]}" with return code {return_code(task)}\n' for task in failed
    )
    advice = f"use 'juju show-task' to inspect the failure{many}"
    return f"the following task{many} failed:\n{listed}\n{advice}\n"


def status(tasks: list[Json]) -> str:
    """The status of an operation, from its tasks."""
    words = {task["status"] for task in tasks}
    return next((word for word in _OPERATION if word in words), "error")


def operation(found: Json, tasks: list[Json], utc: bool = False) -> Json:
    """One operation, as `juju show-operation` shows it."""
    out: Json = {
        "summary": found["summary"],
        "status": status(tasks),
        # Of one that could not even be queued Juju knows nothing more.
        "fail": "\n".join(found["failures"].values()) if tasks else "",
        "action": _action(found, tasks) if tasks else {},
        "timing": _operation_timing(found, tasks, utc),
        "tasks": {str(task["id"]): _host(task, utc) for task in tasks},
    }
    return {key: value for key, value in out.items() if value not in ("", {})}


def _action(found: Json, tasks: list[Json]) -> Json:
    if not tasks:
        return {"name": found["summary"].partition('"')[2].rpartition('"')[0], "parameters": {}}
    return {"name": tasks[0]["action"], "parameters": ordered(tasks[0]["parameters"])}


def _operation_timing(found: Json, tasks: list[Json], utc: bool) -> Json:
    timing = {"enqueued": times.go(found["enqueued"], utc)}
    if tasks and all(task["completed"] for task in tasks):
        last = max(tasks, key=lambda task: times.parse(task["completed"]))
        timing["completed"] = times.go(last["completed"], utc)
    return timing


def _host(task: Json, utc: bool) -> Json:
    out: Json = {
        "host": task["unit"],
        "status": task["status"],
        "timing": _timing(task, utc),
        "log": _log(task, utc),
        "message": task["message"],
    }
    return {key: value for key, value in out.items() if value not in ("", [])}


def operations_table(found: list[tuple[Json, list[Json]]], utc: bool, colour: bool) -> str:
    """The table of `juju operations`, from operations with their tasks."""
    header = ["ID", "Status", "Started", "Finished", "Task IDs", "Summary"]
    rows = [_operation_row(op, tasks, utc) for op, tasks in found]
    return table(header, rows, right=(0,), colour=colour)


def _operation_row(found: Json, tasks: list[Json], utc: bool) -> list[Cell]:
    ids = ",".join(str(task["id"]) for task in tasks[:5]) + ("..." if len(tasks) > 5 else "")
    timing = _operation_timing(found, tasks, utc)
    finished = timing.get("completed", "")[:19].replace(" ", "T")
    return [str(found["id"]), status_cell(status(tasks)), "", finished, ids, found["summary"]]
