"""Plan a county from Python: copy this file and change it.

.venv/bin/python scripts/plan_county.py data/qingyuan/project.toml SITE_TO_LOCK
"""

import sys

import dualgig as dg


def main(project_file: str, *locked: str) -> None:
    project = dg.Project.load(project_file)
    region = dg.load_region(project)

    # A planner's own will: sites that must be built, whatever the model thinks of them.
    unknown = set(locked) - set(region.sites.index)
    if unknown:
        sys.exit(f"{project_file}: there is no site {', '.join(sorted(unknown))}.")
    region.sites.loc[list(locked), "decision"] = "locked"

    coverage = dg.predict_coverage(region)
    plan = dg.make_plan(region, coverage)

    for row in plan.scoreboard:
        print(f"{row.goal:26} {row.before:4} -> {row.achieved:4} of {row.needed} required")
    print(f"cost {plan.cost_cny:,} of {plan.budget_cny:,} CNY, duty {plan.duty}, gap {plan.gap:.2%}")

    print("\nWhat stays uncovered:")
    print(plan.gaps[["name", "service", "duty", "reason", "cost_cny"]].to_string(index=False))

    folder = dg.write_outputs(plan, f"maps/{project.name}-locked")
    print(f"\nOpen {folder / 'map.html'} in a browser.")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["data/qingyuan/project.toml"]))
