"""The addresses at which people evaluate, as a square to scan and as a text."""

from collections.abc import Callable
from urllib.parse import urlencode

from markupsafe import Markup


class RatingAddress:
    """How the public reaches the pages on which it evaluates."""

    def __init__(self, public_url: Callable[[], str]) -> None:
        self._public_url = public_url

    def of_case(self, number: str, code: str, *, via: str = "", here: str = "") -> str:
        """Give the address for one case; `here`: where the node serves, if nobody said better."""
        shown = {"n": number, "c": code, **({"v": via} if via else {})}
        return f"{self._root(here)}/rate?{urlencode(shown)}"

    def tablet(self, secret: str, here: str) -> str:
        """Give the address of a tablet."""
        return f"{self._root(here)}/tablet/{secret}"

    def square_of_case(self, number: str, code: str) -> Markup | None:
        """Draw the square for a receipt; nothing if the public's way to this node is not known."""
        known = self._public_url() and number and code
        return square(self.of_case(number, code)) if known else None

    def _root(self, here: str) -> str:
        return (self._public_url() or here).rstrip("/")


def square(address: str) -> Markup:
    """Draw an address for a telephone."""
    import segno  # noqa: PLC0415  # a megabyte of memory that only a window that shows one needs

    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(border=2, omitsize=True))  # noqa: S704  # drawn here, ours
