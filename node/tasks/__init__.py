"""协办: the errands that the holder of a case asks of nodes below it, and what comes back."""
