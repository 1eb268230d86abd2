"""Helpers of the siting tests as fixtures, and one child process for all small programs."""

import importlib.util
from pathlib import Path

import pytest

from dualgig.siting.solver import Worker


def _module(name):
    """A helper beside this file; under ``--import-mode=importlib`` tests cannot import one another."""
    spec = importlib.util.spec_from_file_location(f"siting_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def instances():
    return _module("instances")


@pytest.fixture(scope="session")
def oracle():
    return _module("oracle")


@pytest.fixture(scope="session")
def checker():
    return _module("checker")


@pytest.fixture(scope="session")
def worker():
    with Worker() as child:
        yield child
