"""Names that no organisation has but any could have, put together from parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from app.services.sampling.draws import Draws

PLACES = pl.Series(["运城市盐湖区", "盐湖区", "运城市", "山西", "运城"])
FIRST = pl.Series(
    list("恒晟鑫瑞德泰宏博嘉禾丰汇远航中启明华安达盛康正源新通润和诚信创智卓凯银河金条岚黄舜帝")
)
SECOND = pl.Series(list("源达盛丰和泰兴隆顺昌裕茂腾飞跃成益康宁美佳诚志远图信捷科创联合众友邦卓越翔宇峰"))
NUMBERS = pl.Series([*"一二三四五六七八九", "十", "十一", "十二", "十三", "十四", "十五", "十六"])
TRADES = pl.Series(
    [
        "果业", "食品", "新材料", "机械制造", "建筑工程", "商贸", "百货", "物流", "仓储",
        "酒店管理", "餐饮管理", "网络科技", "软件", "房地产开发", "物业服务", "商务服务", "科技",
    ]
)  # fmt: skip
"""In the order of the industries."""
ENDINGS: dict[str, tuple[str, ...]] = {
    "company": ("有限公司", "有限责任公司", "股份有限公司"),
    "sole_trader": ("经营部", "便利店", "工作室", "商行"),
    "cooperative": ("种植专业合作社", "养殖专业合作社", "农机专业合作社"),
    "state_owned_enterprise": ("集团有限公司", "投资有限公司"),
    "research_institute": ("研究所", "研究院", "农业科学研究所"),
    "university": ("学院", "职业技术学院"),
    "school": ("初级中学", "小学", "实验学校", "高级中学"),
    "industrial_park": ("产业园区管理有限公司", "创业园运营有限公司"),
    "ip_alliance": ("产业知识产权联盟", "产业专利联盟"),
    "brand_station": ("商标品牌指导站",),
    "service_agency": ("知识产权代理有限公司", "专利代理事务所（普通合伙）"),
    "association": ("行业协会", "商会", "学会"),
    "other": ("社区居民委员会", "服务中心", "村经济合作社"),
}


def names_of(draws: Draws, kind: pl.Series, form: pl.Series, industry: pl.Series) -> pl.Series:
    """A name for each organisation; `industry` is a place in TRADES."""
    fancy = draws.pick("name:first", FIRST) + draws.pick("name:second", SECOND)
    numbered = kind.is_in(["school", "brand_station"])
    middle = ("第" + draws.pick("name:number", NUMBERS)).zip_with(numbered, fancy)
    trades = TRADES.gather(industry)
    nothing = pl.Series([""]).new_from_index(0, len(kind))
    trade = trades.zip_with(
        form.is_in(["company", "sole_trader", "state_owned_enterprise", "ip_alliance"]), nothing
    )
    ending = nothing
    for name, endings in ENDINGS.items():
        ending = draws.pick(f"name:{name}", pl.Series(endings)).zip_with(form == name, ending)
    return draws.pick("name:place", PLACES) + middle + trade + ending
