"""Amounts of money as planners write them."""

import pytest

from dualgig.amounts import MOST_CNY, parse_cny


@pytest.mark.parametrize(
    ("text", "cny"),
    [
        ("38_000_000", 38_000_000),
        ("38000000", 38_000_000),
        ("38,000,000", 38_000_000),
        ("38 000 000 元", 38_000_000),
        ("38M", 38_000_000),
        ("38.5m", 38_500_000),
        ("1.5 million", 1_500_000),
        ("CNY 500k", 500_000),
        ("¥2b", 2_000_000_000),
        ("3800万", 38_000_000),
        ("3800 万元", 38_000_000),
        ("３８００万", 38_000_000),
        ("0.38亿", 38_000_000),
        ("1.25亿元", 125_000_000),
        ("5百万", 5_000_000),
        (".5M", 500_000),
        ("0", 0),
        ("0.1千", 100),
        (f"{MOST_CNY}", MOST_CNY),
    ],
)
def test_amounts_are_read(text, cny):
    assert parse_cny(text) == cny


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no amount"),
        ("plenty", "no amount"),
        ("-5M", "no amount"),
        ("1e6", "no amount"),
        ("nan", "no amount"),
        ("inf", "no amount"),
        ("38M万", "no amount"),
        ("3.8.0", "no amount"),
        ("１/2", "no amount"),
        ("万", "no amount"),
        ("0.5", "no whole number"),
        ("1.00001万", "no whole number"),
        ("2000000000000000", "more than"),
        ("99999999亿", "more than"),
    ],
)
def test_what_is_no_amount_is_told_in_a_sentence(text, told):
    with pytest.raises(ValueError, match=told) as refusal:
        parse_cny(text)
    assert str(refusal.value).endswith(".")
