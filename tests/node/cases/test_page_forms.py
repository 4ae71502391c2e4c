"""What a form's fields may hold."""

import pytest

from node.cases.page_forms import count
from node.errors import BadInputError
from node.web.pages_base import Typed


def test_a_number_of_papers_is_read_and_nothing_is_none() -> None:
    assert count(Typed({"originals-id": ("2",)}), "originals-id") == 2
    assert count(Typed({}), "originals-id") == 0


@pytest.mark.parametrize("text", ["-1", "1.5", "abc", "100", "9" * 5000, "²"])
def test_what_is_no_number_of_papers_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(BadInputError) as refused:
        count(Typed({"copies-id": (text,)}), "copies-id")
    assert refused.value.fields == {"copies-id": "bad_count"}
