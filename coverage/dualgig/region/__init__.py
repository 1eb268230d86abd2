"""Inputs to checked tables: boundaries, demand, assets, terrain, roads."""
