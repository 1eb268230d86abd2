"""Solves a small county as large problems are and prints the plan's bits and stages. Argument: instances.py."""

import importlib.util
import sys

from dualgig.siting import search
from dualgig.siting.stages import solve

spec = importlib.util.spec_from_file_location("instances", sys.argv[1])
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)
problem = instances.county(5, sites=120, villages=80, nodes=16)
for very_large in (search.VERY_LARGE, 0):
    search.VERY_LARGE = very_large
    result = solve(problem, gap=0.001, node_limit=50)
    sys.stdout.write(f"{result.chosen.tobytes().hex()} {result.stages}\n")
