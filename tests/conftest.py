"""Fixtures that more than one folder of tests uses."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def make_plan():
    """The factory of small plans in `tests/fake_plan.py`; tests cannot import one another."""
    spec = importlib.util.spec_from_file_location("fake_plan", Path(__file__).with_name("fake_plan.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make_plan
