"""Entry point: a user's mistake is told in plain words, never as a traceback."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from dualgig.cli.app import INTERRUPTED, MISTAKE, app
from dualgig.errors import DualGigError, InputError
from dualgig.export.write import output_date
from dualgig.screen import show_problems
from dualgig.text import say

if TYPE_CHECKING:
    from collections.abc import Callable


def _told(run: Callable[[], object]) -> int:
    """Run the command line; a user's mistake is told in plain words, never as a traceback."""
    complain = Console(stderr=True)
    try:
        _look_at_surroundings()
        run()
    except InputError as error:
        show_problems(complain, list(error.problems), "en")
        return MISTAKE
    except DualGigError as error:
        complain.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return MISTAKE
    except SystemExit as exit_:
        if exit_.code == INTERRUPTED:  # typer makes it of Ctrl-C, in silence
            complain.print(say("en", "terminal.stopped"), markup=False, highlight=False)
        return exit_.code if isinstance(exit_.code, int) else MISTAKE
    return 0


def _look_at_surroundings() -> None:
    """Refuse a wrong ``SOURCE_DATE_EPOCH`` (numpy stumbles over it on import), and print whatever the terminal."""
    if not os.environ.get("SOURCE_DATE_EPOCH", "unset").strip():
        del os.environ["SOURCE_DATE_EPOCH"]
    output_date()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    """Entry point of ``dualgig``."""
    sys.exit(_told(app))
