"""Steps of a plan: each is told as it begins, so that its time is its own."""

import dualgig as dg
from dualgig import predict, solved


def test_each_step_is_told_before_it_is_taken(tiny_project, monkeypatch):
    told = []

    def tell(key, _share):
        step = key.removeprefix("progress.")
        if told[-1:] != [step]:
            told.append(step)

    def during(module, name):
        function = getattr(module, name)

        def watched(*args, **options):
            told.append(f"({name})")
            return function(*args, **options)

        monkeypatch.setattr(module, name, watched)

    for module, name in (
        (predict, "radio_tests"),
        (predict, "radio_reach"),
        (predict, "fibre_links"),
        (predict, "price_lines"),
        (solved, "solve_policy"),
    ):
        during(module, name)
    region = dg.load_region(tiny_project())
    coverage = dg.predict_coverage(region, tell)
    dg.make_plan(region, coverage, tell)
    begun = ["tests", "(radio_tests)", "radio", "(radio_reach)", "fibre", "(fibre_links)", "costs"]
    assert told[:8] == [*begun, "(price_lines)"]
    # what the first stage does before it has news is not laid to the pricing
    assert told[told.index("(price_lines)") + 1 :][:3] == ["costs", "problem", "(solve_policy)"]
    assert told[-1] == "explain"
