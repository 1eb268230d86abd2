"""The command line: a thin shell over the Python functions."""

from dualgig.cli import plans, compare, inputs  # noqa: F401, I001 - each adds its commands, in the order of the help
from dualgig.cli.run import main

__all__ = ["main"]
