"""文书: the documents that a case brings forth, numbered, printed, kept, and open to proof."""
