"""A cost book to begin with: figures of the usual size, every one an assumption to be replaced.

Where DualGig's own design or public tenders give a figure, the year is theirs; the others are round
figures between what rural projects in China were quoted at. None of them is a quotation.
"""

from __future__ import annotations

PRICES: dict[str, tuple[int, int]] = {
    "radio_sector_low": (25_000, 2023),
    "radio_sector_mid": (32_000, 2023),
    "structure_new": (180_000, 2022),
    "structure_adapt": (25_000, 2022),
    "power_site": (22_000, 2022),
    "power_mains_km": (65_000, 2022),
    "track_km": (90_000, 2022),
    "transport_fibre_site": (15_000, 2022),
    "transport_microwave_site": (45_000, 2022),
    "rent_year_existing": (11_000, 2022),
    "rent_year_new": (16_000, 2022),
    "energy_sector_year": (3_600, 2023),
    "trench_aerial_km": (34_000, 2020),
    "trench_buried_km": (80_000, 2020),
    "trench_duct_km": (395_000, 2014),
    "olt_new": (160_000, 2023),
    "olt_upgrade": (70_000, 2023),
    "pon_port": (3_500, 2023),
    "home_passed": (420, 2022),
    "home_upgrade": (130, 2023),
}
"""CNY a unit without VAT, and year, by cost line (`dualgig.costs.LINES` has the units)."""
