"""`python -m cli` is `zhengwu`."""

from cli.main import app

app()
