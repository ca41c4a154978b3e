"""Indicators and features, computed one bar at a time, so that none can see the future."""
