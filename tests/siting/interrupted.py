"""A planner's script, without a ``__main__`` guard: solves a county and prints what it got.

Arguments: path of instances.py, seed, time limit in seconds or 0. It prints a line when the search has
begun and one for each news, then the result as JSON.
"""

import importlib.util
import json
import sys

from dualgig.siting.stages import solve

spec = importlib.util.spec_from_file_location("instances", sys.argv[1])
instances = importlib.util.module_from_spec(spec)
spec.loader.exec_module(instances)
problem = instances.county(int(sys.argv[2]))


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


say("begun")
result = solve(
    problem,
    time_limit_s=float(sys.argv[3]) or None,
    progress=lambda news: say(news.stage, news.value),
)
say(
    json.dumps(
        {
            "chosen": result.chosen.tolist(),
            "points": result.points.tolist(),
            "places": result.places.tolist(),
            "cost_cny": result.cost_cny,
            "stages": [vars(stage) for stage in result.stages],
            "duty": result.duty,
            "shortage_cny": result.shortage_cny,
            "status": result.status,
            "gap": result.gap,
        }
    )
)
