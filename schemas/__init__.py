"""Everything that is stored, sent or served, as msgspec Structs: no I/O, no logic."""
