"""Identity, envelopes, streams, links, parts and trust between nodes. Knows nothing of cases."""
