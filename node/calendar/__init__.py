"""工作日历: which days are working days here, and when a limit ends."""
