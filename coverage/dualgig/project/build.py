"""``[[configurations]]``, ``[fibre]``, ``[candidates]``, ``[decisions]``: what may be built."""

from pydantic import Field

from dualgig.project.section import Section, Share


class Configuration(Section):
    """``[[configurations]]``: what one operator may put on one site; at most one an operator and site."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+-]*$", description="Short name, e.g. cmcc-n28.")
    operator: str = Field(min_length=1, description="Operator (or sharing pair) on whose account it stands.")
    bands: tuple[str, ...] = Field(min_length=1, description="Bands that go on air together.")
    sectors: int = Field(3, ge=1, le=6, description="Sectors; scales the radio equipment.")


class Fibre(Section):
    """``[fibre]``: passive optical network and trench."""

    budget_db: float = Field(
        29.0, gt=0, description="Optical budget: class N1 29 dB, N2 31 dB (ITU-T G.987.2)."
    )
    split: int = Field(64, ge=2, le=256, description="Split ratio of a PON port.")
    splitter_loss_db: float = Field(21.5, gt=0, description="Loss of the splitter, dB (1:64: 21.5).")
    loss_db_per_km: float = Field(0.35, gt=0, description="Cable loss, dB/km.")
    fixed_loss_db: float = Field(1.5, ge=0, description="Connectors, splices and ageing, dB.")
    port_fill: float = Field(0.8, gt=0, le=1, description="Share of a port's branches that may be used.")
    take_rate: Share = Field(0.6, description="Share of the homes passed that subscribe.")
    snap_m: float = Field(1500.0, gt=0, description="Farthest that a place may lie from the road graph, m.")
    nodes_per_village: int = Field(8, ge=1, description="Nearest nodes that are looked at for a village.")
    household_size: float = Field(
        2.6, gt=0, description="People a household, where households are not given."
    )

    @property
    def reach_km(self) -> float:
        """Longest cable within the optical budget, km."""
        return (self.budget_db - self.splitter_loss_db - self.fixed_loss_db) / self.loss_db_per_km


class Candidates(Section):
    """``[candidates]``: sites that DualGig proposes beside those given."""

    generate: bool = Field(
        default=False, description="Propose new sites at village committees and on ridges near roads."
    )
    spacing_m: float = Field(1500.0, gt=0, description="Least distance between proposed sites, m.")
    ridge_window_m: float = Field(
        1200.0, gt=0, description="A ridge site is the highest ground within this, m."
    )
    road_distance_m: float = Field(
        800.0, gt=0, description="Farthest that a ridge site may lie from a road, m."
    )
    mast_m: float = Field(35.0, gt=0, description="Mast height of a proposed site, m.")


class Decisions(Section):
    """``[decisions]``: a planner's own will, over the columns of the tables."""

    lock: tuple[str, ...] = Field((), description="Sites or nodes that must be built.")
    forbid: tuple[str, ...] = Field((), description="Sites or nodes that must not be built.")
