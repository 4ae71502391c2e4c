"""The frame of HTTP: sessions, problems, remembered answers, live streams. Knows no capability."""
