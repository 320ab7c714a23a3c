"""``yinxin worker`` and ``jobs``: the service's side of the register."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Annotated

import typer
from rich.text import Text

from api.cli.shared import office_of
from api.jobs.states import jobs_of
from chain.cli.common import YES, emit, state
from chain.kernel.errors import NotFound


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("worker")
    def worker(
        ctx: typer.Context,
        until_idle: Annotated[
            bool, typer.Option("--until-idle", help="stop when nothing is open in any of the bureaus' registers")
        ] = False,
    ) -> None:
        """Take everything that is open on by itself: batches, acts, expiry, reminders, webhooks.

        Works in a service's home (yinxin init service). Logs JSON lines to standard error.
        """
        from api.jobs.logs import configure
        from api.jobs.worker import Worker, only_one

        home = state(ctx).home
        if not home.exists:
            raise NotFound(
                f"there is no home {home.path}", code="home.missing", field="home", fix="make one: yinxin init service"
            )
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        configure(sys.stderr)
        with only_one(home):
            ended = Worker(home, stop).run(until_idle=until_idle)
        if not ended:
            # A pass hangs in an outside call. It may die anywhere: the next start goes on.
            sys.stderr.flush()
            os._exit(YES)

    @app.command("jobs")
    def jobs(ctx: typer.Context) -> None:
        """Show what is open in an officer's register, and what a person must mend."""
        with office_of(ctx) as office:
            found = jobs_of(office)
        lines = Text("" if found else "nothing is open")
        for place, job in enumerate(found):
            data = job.as_dict()
            lines.append(("\n" if place else "") + f"{job.kind} {job.number}", style="bold")
            lines.append(f"  {job.state}" + (f", for {job.waiting_for}" if job.waiting_for else ""))
            if job.code:
                lines.append(f"\n  {job.code}, {job.attempts} times\n  fix: {data['fix']}")
        emit(ctx, {"jobs": [job.as_dict() for job in found]}, lines)
