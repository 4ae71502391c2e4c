"""A running node: its store, its capabilities and its web pages. One program, four levels."""
