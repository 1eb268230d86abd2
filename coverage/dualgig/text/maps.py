"""Words of the maps."""

TEXT: dict[str, dict[str, str]] = {}
