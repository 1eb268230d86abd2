"""Words of the report."""

TEXT: dict[str, dict[str, str]] = {}
