"""`zhengwu run` on a home that is not set up yet: says where the browser finds the set-up."""

import socket
import sys
from collections.abc import Callable
from pathlib import Path

from cli.show import say
from node.runtime import first_run_serving
from node.runtime.first_run import Setup
from node.runtime.joining import Wanted
from node.settings import Http, is_loopback
from schemas.ids import NodeId


async def set_up(home: Path, http: Http, wanted: Callable[[NodeId], Wanted]) -> socket.socket:
    """Serve the set-up until the home is made; give the address, which the node takes over.

    Raises `OSError` if the address is not free.
    """
    setup = Setup(home, http, wanted)
    listener = first_run_serving.listen(http)

    def ready(url: str) -> None:
        say(f"这台机器还没有入网, 请用浏览器打开 · not set up yet, open in the browser: {url}")
        if not is_loopback(http.host):
            say(f"从别的机器打开时要输入口令 · the word, if asked for: {setup.word}")
        sys.stdout.flush()

    try:
        await first_run_serving.set_up(setup, listener, ready)
    except BaseException:
        listener.close()
        raise
    return listener
