"""A project file guessed from the files that a planner has."""
