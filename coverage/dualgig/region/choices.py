"""Values that tables choose from, under the words that people write for them, Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS: dict[str, tuple[str, ...]] = {
    "village": ("行政村", "村", "建制村", "村委会"),
    "community": ("社区", "居委会", "居民委员会", "社区居委会"),
    "seat": ("驻地", "政府驻地", "乡镇驻地", "乡镇政府驻地", "乡镇政府", "政府"),
    "committee": ("村委会", "村委", "村部", "村民委员会", "居委会", "社区居委会"),
    "school": ("学校", "小学", "中学", "教学点"),
    "clinic": ("卫生室", "卫生所", "村卫生室", "卫生院", "医院"),
    "settlement": ("自然村", "居民点", "聚落", "村民小组"),
    "existing": ("现有", "已有", "已建", "存量", "利旧", "在用", "standing"),
    "new": ("新建", "新址", "新增", "规划", "拟建", "to be built"),
    "free": ("可选", "自由", "待定"),
    "locked": ("必建", "锁定", "必选"),
    "forbidden": ("禁建", "禁止", "不可建", "禁选"),
    "fibre": ("光纤", "光缆", "fiber"),
    "microwave": ("微波",),
    "none": ("无", "未通", "没有", "无光纤", "否", "no"),
    "gpon": ("g-pon", "epon", "千兆以下"),
    "10gpon": ("10g-pon", "xg-pon", "xgpon", "xgs-pon", "10g pon", "万兆", "10gepon", "10g-epon"),
    "office": ("机房", "局房", "综合机房", "综合业务接入点", "局站"),
    "olt": ("接入点", "olt节点", "光节点"),
    "exchange": ("交换中心", "互联网交换中心", "直联点"),
    "5g": ("5g网络", "移动", "无线"),
    "gigabit": ("千兆", "千兆光网", "千兆光纤", "光纤", "光宽带", "固网", "fibre", "fiber"),
}
"""Words of each value; one word may stand for several values of which a column allows one."""


def chosen(text: str, values: Iterable[str]) -> str:
    """The allowed value that a word stands for, or an empty text.

    Parameters
    ----------
    text
        What stands in the cell.
    values
        What the column allows.
    """
    word = text.strip().lower()
    return next((value for value in values if word == value or word in WORDS.get(value, ())), "")
