"""亮灯阈值 that items have of their own, by the book of rules that is in force. Kept light.

Lists of cases lie below supervision: whoever assembles the node hands `own_thresholds` over, so
that a list and a board turn yellow at the same instant.
"""

from collections.abc import Mapping

from node.database import Tx
from node.supervision import books, bookstore
from schemas.ids import NodeId


def own_thresholds(tx: Tx, place: NodeId, at: int) -> Mapping[str, int]:
    """Give the workdays before which items are yellow of which the matter is at a place, by code.

    All others as usual.
    """
    term = books.at(books.terms_of(bookstore.versions(tx), place), at)
    return {one.item: one.yellow_workdays for one in term.book.thresholds}
