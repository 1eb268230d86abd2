"""Where to build: integer programs on arrays, with a proved distance from the best."""
