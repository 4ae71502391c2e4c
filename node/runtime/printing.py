"""What a node prints its notices with: its word, its office's name, its address, its engine."""

from node.notices import model
from node.notices.actions import Imprint
from node.notices.office import Press
from node.notices.pdf import Engine
from node.runtime.opening import Node
from node.settings import Settings
from node.web import chrome
from node.web.wording import WORDS, Language


class Address:
    """How the public reaches this node: as `node.toml` says, else where it serves."""

    def __init__(self, settings: Settings) -> None:
        self._public = settings.public_url
        self.here = ""
        """Known once it serves."""

    def __call__(self) -> str:
        """Give the address."""
        return self._public or self.here


def press_of(node: Node, address: Address) -> Press:
    """Make what this node prints with."""
    settings, words = node.settings, WORDS[Language.ZH]
    office = chrome.place_name(words, settings.names, node.profile.title)
    word = settings.notices.word or model.default_word(settings.names.zh)
    return Press(Imprint(word, office), address, Engine(settings.notices.pdf_engine))
