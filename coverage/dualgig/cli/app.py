"""The application that the commands join, and its exit codes."""

from __future__ import annotations

import typer

MISTAKE, DUTY_NOT_MET, INTERRUPTED = 1, 3, 130

app = typer.Typer(
    name="dualgig",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Plan 5G and gigabit-fibre coverage: what is served today, what to build, and what stays a gap.\n\n"
    "Exit codes: 0 fine, 1 something in the inputs is wrong, 2 wrong usage, 3 planned but a duty is not met.",
)
