"""What a node serves beside the rest because it keeps a catalogue: drafting, review, release.

Imported only there: a village's machine neither loads nor keeps it.
"""

from typing import Final

from litestar.types import ControllerRouterHandler

from node.revisions import api, pages, pages_editor, pages_import, pages_lines, pages_release

API: Final[tuple[ControllerRouterHandler, ...]] = (api.router,)
PAGES: Final[tuple[ControllerRouterHandler, ...]] = (
    pages.router,
    pages_lines.router,
    pages_editor.router,
    pages_import.router,
    pages_release.router,
)
