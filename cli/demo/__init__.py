"""The demonstration: a city, a county, towns and villages as real processes on this machine."""
