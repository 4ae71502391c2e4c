"""Puts off the loading of a library until something of it is used.

For libraries that others import and a node at rest never uses.
"""

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType

from typing_extensions import override


class _Later(ModuleType):
    """A module that is loaded when it is first asked for something that it does not have."""

    @override
    def __getattr__(self, name: str) -> object:
        spec = self.__spec__
        if name.startswith("__") or spec is None or spec.loader is None:
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec.loader.exec_module(self)
        return getattr(self, name)


def put_off(*names: str) -> None:
    """Load these modules when they are used; those that are loaded stay so."""
    for name in names:
        spec = None if name in sys.modules else find_spec(name)
        if spec is not None:
            module = module_from_spec(spec)
            module.__class__ = _Later
            sys.modules[name] = module
            above, _, own = name.rpartition(".")
            if above:
                setattr(sys.modules[above], own, module)
