"""Numbers as people read them."""

from __future__ import annotations

import pytest

from dualgig.text.numbers import count, money, percent


@pytest.mark.parametrize(
    ("cny", "zh", "en"),
    [
        (0, "0元", "CNY 0"),
        (950, "950元", "CNY 950"),
        (9_999, "9,999元", "CNY 9,999"),
        (10_000, "1.0万元", "CNY 10k"),
        (385_000, "38.5万元", "CNY 385k"),
        (999_600, "100.0万元", "CNY 1.00 million"),
        (1_234_567, "123.5万元", "CNY 1.23 million"),
        (12_345_678, "1,235万元", "CNY 12.3 million"),
        (99_999_999, "1.00亿元", "CNY 100.0 million"),
        (123_456_789, "1.23亿元", "CNY 123.5 million"),
        (2_500_000_000, "25.0亿元", "CNY 2,500 million"),
        (-385_000, "−38.5万元", "−CNY 385k"),
    ],
)
def test_money_is_told_in_the_units_of_the_language(cny, zh, en):
    assert money("zh", cny) == zh
    assert money("en", cny) == en


def test_counts_have_commas():
    assert count(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.5, "50%"), (0.955, "95.5%"), (0.99999, "99.9%"), (1.0, "100%")]
)
def test_a_share_below_one_never_reads_as_everything(share, text):
    assert percent(share) == text
