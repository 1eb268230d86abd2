"""``[costs]`` and ``[budget]``: what it costs, and how much money there is."""

from typing import Literal, Self

from pydantic import Field, model_validator

from dualgig.project.section import Section, Service, Share

LINES: dict[str, str] = {
    "radio_sector_low": "sector",
    "radio_sector_mid": "sector",
    "structure_new": "site",
    "structure_adapt": "site",
    "power_site": "site",
    "power_mains_km": "km",
    "track_km": "km",
    "transport_fibre_site": "site",
    "transport_microwave_site": "site",
    "rent_year_existing": "year",
    "rent_year_new": "year",
    "energy_sector_year": "sector-year",
    "trench_aerial_km": "km",
    "trench_buried_km": "km",
    "trench_duct_km": "km",
    "olt_new": "node",
    "olt_upgrade": "node",
    "pon_port": "port",
    "home_passed": "home",
    "home_upgrade": "home",
}
"""Names of the prices that a cost book holds, and the unit each is paid by."""

SHARED_LINES = (
    "structure_new",
    "structure_adapt",
    "power_site",
    "power_mains_km",
    "track_km",
    "transport_fibre_site",
    "transport_microwave_site",
    "rent_year_existing",
    "rent_year_new",
)
"""Lines of what the tenants of a site share."""

OptionKind = Literal["structure", "tenancy", "radio", "node", "link"]


class Price(Section):
    """``[costs.prices.<name>]``: a unit price with its source."""

    amount_cny: float = Field(ge=0, le=1e12, description="Price of one unit, CNY without VAT.")
    unit: str = Field(description="site, sector, km, home, port, year, ...")
    year: int = Field(ge=1990, le=2100, description="Year of the price.")
    source: str = Field(min_length=1, description="Where the figure is from.")


class CoBuilding(Section):
    """``[costs.co_building]``: what operators save who share a site; without this table nobody does.

    With it every tenant pays the named lines, less the discount for the number of tenants on the site. The
    defaults are China Tower's terms with the operators for 2018 to 2022 (Supplemental Agreement to the Commercial
    Pricing Agreement, with China Mobile on 31 January 2018, with China Telecom on 1 February 2018, article 1):
    30 % off for two lessees, 40 % for three, and a further 5 % for the first one of a shared site. A tenant is
    an operator with 5G on air on the site, today or with the plan; the first of them is the anchor.
    """

    two_tenants: Share = Field(0.30, description="Discount of each tenant where two share.")
    three_tenants: Share = Field(0.40, description="Discount of each tenant where three or more share.")
    anchor: Share = Field(0.05, description="Further discount of the anchor tenant of a shared site.")
    lines: tuple[str, ...] = Field(
        ("rent_year_existing", "rent_year_new"),
        min_length=1,
        description="Cost lines that every tenant pays, with the discount; the site's other lines are paid once.",
    )

    def shares(self, tenants: int) -> float:
        """What so many tenants pay together, in shares of what one alone pays."""
        if tenants < 2:
            return float(tenants)
        discount = self.two_tenants if tenants == 2 else self.three_tenants
        return tenants * (1.0 - discount) - self.anchor

    @model_validator(mode="after")
    def _shared(self) -> Self:
        for line in self.lines:
            if line not in SHARED_LINES:
                raise ValueError(
                    f"lines: {line!r} is nothing that tenants share; write some of {', '.join(SHARED_LINES)}"
                )
        for tenants in (2, 3, 4):
            if self.shares(tenants) < self.shares(tenants - 1) - 1e-9:
                raise ValueError(
                    f"{tenants} tenants would pay less together than {tenants - 1}; lower the discounts"
                )
        return self


class Costs(Section):
    """``[costs]``: the cost book. Every price is the user's; `LINES` lists the names."""

    horizon_years: float = Field(5.0, ge=0, description="Years of rent and energy in a site's cost.")
    contingency: Share = Field(0.05, description="Contingency on everything that is built.")
    vat: Share = Field(0.0, description="VAT added to every line; 0 means prices and budget are without VAT.")
    prices: dict[str, Price] = Field(default_factory=dict, description="Unit prices.")
    co_building: CoBuilding | None = Field(
        None, description="Discounts of operators who share a site; none where absent."
    )


class Budget(Section):
    """``[budget]``: the money."""

    total_cny: int = Field(ge=0, le=10**15, description="Everything together, whole CNY.")


class FundRules(Section):
    """``[funds.pays]``: what a fund may pay. All that are given must hold; one that is empty asks nothing."""

    services: tuple[Service, ...] = Field((), description="5g (sites) or gigabit (nodes and links).")
    kinds: tuple[OptionKind, ...] = Field(
        (), description="structure, tenancy, radio (of sites), node, link (of a village to a node)."
    )
    lines: tuple[str, ...] = Field(
        (), description="Cost lines, by the names of the cost book; contingency and vat are lines too."
    )
    places: Literal["all", "villages"] = Field(
        "all",
        description="villages: only what is built in administrative villages, not in urban communities.",
    )
    groups: tuple[str, ...] = Field((), description="Groups of townships in which it may pay.")
    counties: tuple[str, ...] = Field((), description="Counties in which it may pay.")

    @model_validator(mode="after")
    def _known_lines(self) -> Self:
        known = (*LINES, "contingency", "vat")
        for line in self.lines:
            if line not in known:
                raise ValueError(f"lines: {line!r} is no cost line; write some of {', '.join(known)}")
        return self


class Fund(Section):
    """``[[funds]]``: money with rules of what it may pay; a part of the total.

    What the total holds beyond all funds pays anything. Where the funds hold more than the total, the
    total counts.
    """

    name: str = Field(min_length=1, description="What it is called.")
    amount_cny: int = Field(ge=0, le=10**15, description="What it holds, whole CNY.")
    pays: FundRules = Field(FundRules(), description="What it may pay; anything where absent.")
