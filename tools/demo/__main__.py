# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`scripts/demo` after its set-up: deploy, wait, feed, compare, and say what to try next."""

from __future__ import annotations

import argparse
import sys
import time

import jubilant
from rich.console import Console

from tools.demo import feed, flights, pipeline, progress, results

# On two cores with nothing in a cache, the download of Spark takes the larger part.
SETTLE_LIMIT = 1500.0
# The job closes its last windows within a few triggers.
RESULT_PATIENCE = 240.0


def deploy(client: jubilant.Juju, console: Console, *, small: bool) -> None:
    """Have the bundle deployed and settled."""
    if not pipeline.deployed(client):
        pipeline.deploy(client, small=small)
    elapsed = progress.wait(client.status, console, SETTLE_LIMIT)
    console.print(f"The model is settled after {elapsed:.0f} s.")


def carry(client: jubilant.Juju, console: Console) -> bool:
    """Send the flights through the pipeline and print the figures; whether they agree."""
    frame = flights.load()
    expected = flights.hourly(frame)
    source = pipeline.credentials(client, "data-access")
    present = feed.lengths(source, feed.partitions(source))
    with console.status("Feeding ...") as status:
        start = time.time()
        sent = feed.feed(source, frame, present, lambda n: status.update(f"Feeding ... {n:,}"))
        last_acknowledged = time.time()
    sink = pipeline.credentials(client, "results")
    with console.status("Reading results ...") as status:
        found, records, stored = results.read(
            sink, len(expected), RESULT_PATIENCE, lambda n: status.update(f"Results ... {n:,}")
        )
    verdict = results.compare(found, expected, records)
    report(console, sum(present) + sent, sent, last_acknowledged - start, verdict)
    if sent:
        console.print(
            f"  end-to-end lag   {max(0.0, stored - last_acknowledged):.1f} s from the last"
        )
        console.print("                   acknowledged event to the last stored result")
    return verdict.agrees


def report(
    console: Console, total: int, sent: int, seconds: float, verdict: results.Comparison
) -> None:
    """Print what went in, what came out, and whether both say the same."""
    rate = f", {sent / seconds:,.0f} a second" if sent else ""
    console.print(
        f"\n[bold]Flights[/bold]\n  records in       {total:,} ({sent:,} sent now{rate})"
    )
    console.print(f"  records out      {verdict.records:,} for {verdict.expected:,} windows")
    console.print(
        f"  agreement        {verdict.equal:,} of {verdict.expected:,} windows equal", end=""
    )
    if verdict.agrees:
        console.print(" [green]all agree with the data set[/green]")
    else:
        console.print(f" [red]{len(verdict.different)} differ, {verdict.missing} missing[/red]")


def next_moves(client: jubilant.Juju, console: Console) -> None:
    """Print every address to open and what to type next."""
    console.print("\n[bold]Open[/bold]")
    for name, url in pipeline.addresses(client).items():
        console.print(f"  {name:<16} {url}")
    console.print("\n[bold]Try[/bold]", highlight=False)
    for line in (
        ". .venv/bin/activate",
        "juju status --relations",
        "juju run kafka/leader describe-cluster",
        "juju run spark/leader list-jobs",
        "juju run prometheus/leader get-credentials",
        "juju run day2/leader health-check",
        "juju run day2/leader performance-report",
        "scripts/demo --destroy",
    ):
        console.print(f"  {line}", highlight=False, soft_wrap=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--small", action="store_true", help="one Kafka unit")
    args = parser.parse_args()
    console = Console()
    client = pipeline.juju()
    try:
        deploy(client, console, small=args.small)
        agrees = carry(client, console)
        next_moves(client, console)
    except KeyboardInterrupt:
        console.print("\nInterrupted: run scripts/demo again to go on from here.")
        return 130
    except (progress.NotSettledError, feed.FeedError) as error:
        console.print(f"[red]ERROR[/red] {error}", highlight=False)
        console.print("See 'juju status' and 'juju debug-log'; scripts/demo goes on from here.")
        return 1
    except jubilant.CLIError as error:
        console.print(f"[red]ERROR[/red] {error.stderr}", highlight=False)
        return 1
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
