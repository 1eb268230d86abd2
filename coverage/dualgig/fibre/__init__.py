"""Who is served by fibre, over which cable, and the trench that it needs."""
