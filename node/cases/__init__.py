"""办件: what a case goes through, from the window that takes it to the handing over."""
