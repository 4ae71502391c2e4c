"""The four level profiles, as data: what a tier accepts, decides, shows and runs."""
