"""What people look at: the map and the report."""
