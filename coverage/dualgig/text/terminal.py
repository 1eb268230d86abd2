"""Words of the terminal."""

TEXT: dict[str, dict[str, str]] = {}
