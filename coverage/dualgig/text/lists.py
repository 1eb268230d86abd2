"""Words of the lists."""

TEXT: dict[str, dict[str, str]] = {}
