"""A catalogue comes in as a file, or does not: never half, and each fault at its cell."""

from io import BytesIO

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from node.catalogue import files
from schemas.items import Item
from tests.node.revisions.conftest import Chain
from tests.support.catalogue import LICENCE

NEW = replace(LICENCE, code="wjj-77", name="新事项", codes=())
CHANGED = replace(LICENCE, hours="周一至周六")


def _workbook(*items: Item) -> bytes:
    return files.dump_workbook(items)


def _spoiled(content: bytes) -> bytes:
    """Write nonsense into the copies of the first paper, and take the responsible person away."""
    book = load_workbook(BytesIO(content))
    papers, items = book["申请材料"], book["事项"]
    for sheet, title, value in ((papers, "份数", "两份"), (items, "责任人", None)):
        titles = [str(cell.value).partition("\n")[0] for cell in sheet[1]]
        sheet.cell(row=2, column=titles.index(title) + 1).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


async def _titles(chain: Chain) -> list[str]:
    page = await chain.county.works.read(
        lambda tx: tx.execute("SELECT title FROM revisions ORDER BY begun_at").fetchall()
    )
    return [title for (title,) in page]


@pytest.mark.parametrize("suffix", ["xlsx", "toml", "json"])
async def test_what_differs_in_a_file_becomes_one_revision(chain: Chain, suffix: str) -> None:
    write = {"xlsx": files.dump_workbook, "toml": files.dump_toml, "json": files.dump_json}[suffix]
    content = write((CHANGED, NEW))
    answer = await chain.editor.post(
        "/revisions/import", {"do": "import"}, file=(f"卫健局.{suffix}", content)
    )
    assert answer.status_code == 303, answer.text
    page = await chain.editor.page(answer.headers["location"])
    assert f"导入 卫健局.{suffix}" in page
    assert "共 2 项变更，0 项有错误" in page
    drafted = await chain.county.works.read(
        lambda tx: tx.execute("SELECT change FROM revision_drafts ORDER BY line").fetchall()
    )
    assert b"xsx" in drafted[1][0], "the new item is found by its pinyin initials"


async def test_each_fault_is_named_by_sheet_and_cell_and_nothing_is_begun(chain: Chain) -> None:
    sent = ("错.xlsx", _spoiled(_workbook(NEW)))
    answer = await chain.editor.post("/revisions/import", {"title": "我的导入"}, file=sent)
    assert answer.status_code == 422
    assert "没有导入" in answer.text
    assert "申请材料 G2" in answer.text
    assert "“两份”不是整数" in answer.text
    assert 'value="我的导入"' in answer.text
    assert await _titles(chain) == []


async def test_the_rules_speak_at_the_cell_too(chain: Chain) -> None:
    sent = ("错.xlsx", _workbook(replace(NEW, responsible="")))
    answer = await chain.editor.post("/revisions/import", file=sent)
    assert answer.status_code == 422
    assert "没有责任人" in answer.text
    assert "1 处错误" in answer.text
    assert await _titles(chain) == []


async def test_the_workbook_comes_back_with_its_faults_marked(chain: Chain) -> None:
    sent = ("错.xlsx", _spoiled(_workbook(NEW)))
    answer = await chain.editor.post("/revisions/import", {"do": "mark"}, file=sent)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="marked.xlsx"'
    marked = load_workbook(BytesIO(answer.content))
    notes = [cell.comment.text for row in marked["申请材料"] for cell in row if cell.comment]
    assert any("两份" in note for note in notes)
    assert await _titles(chain) == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (None, "请选择一个"),
        (("x.pdf", b"%PDF"), "请选择一个"),
        (("x.xlsx", b"not a workbook"), "没有导入"),
        (("x.xlsx", b""), "没有导入"),
        (("x.toml", b"items = ["), "没有导入"),
        (("x.json", b"[]"), "没有导入"),
    ],
    ids=["no file", "a PDF", "no workbook", "empty", "cut off", "no items"],
)
async def test_what_is_no_catalogue_is_refused_in_words(
    chain: Chain, file: tuple[str, bytes] | None, said: str
) -> None:
    answer = await chain.editor.post("/revisions/import", file=file)
    assert answer.status_code == 422
    assert said in answer.text
    assert await _titles(chain) == []


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("我的目录.toml", "我的目录.toml"),
        ("长" * 200 + ".TOML", "长长.toml"),
        ("C:\\目录\\b.toml", "b.toml"),
    ],
    ids=["its own", "too long for a disk", "with a path"],
)
async def test_an_uploaded_file_is_called_by_its_own_name(
    chain: Chain, name: str, called: str
) -> None:
    answer = await chain.editor.post("/revisions/import", file=(name, b"items = ["))
    assert answer.status_code == 422
    assert f"{called}: 不是有效的 TOML" in answer.text
    assert "file.toml" not in answer.text


async def test_the_empty_template_says_that_it_has_no_items(chain: Chain) -> None:
    answer = await chain.editor.post("/revisions/import", file=("items.xlsx", files.template()))
    assert answer.status_code == 422
    assert "没有事项，请填写后再检查" in answer.text


async def test_a_department_does_not_import_the_items_of_another(chain: Chain) -> None:
    theirs = replace(NEW, department="town", department_name="镇人民政府")
    content = files.dump_json((CHANGED, theirs))
    answer = await chain.editor.post("/revisions/import", file=("all.json", content))
    assert answer.status_code == 422
    assert await _titles(chain) == [], "not even the item of its own"


async def test_the_catalogue_that_goes_out_comes_in_again_without_a_change(chain: Chain) -> None:
    answer = await chain.editor.get("/items.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="items.xlsx"'
    again = await chain.editor.post("/revisions/import", file=("items.xlsx", answer.content))
    assert again.status_code == 200
    assert "与现行目录完全一致" in again.text
    assert await _titles(chain) == []


async def test_the_template_is_an_empty_workbook_for_whoever_is_signed_in(chain: Chain) -> None:
    answer = await (await chain.visitor("clerk")).get("/items/template.xlsx")
    assert "事项" in load_workbook(BytesIO(answer.content)).sheetnames


async def test_only_editors_import(chain: Chain) -> None:
    legal = await chain.visitor("legal")
    assert (await legal.get("/revisions/import")).status_code == 403
    sent = ("x.json", files.dump_json((NEW,)))
    assert (await legal.post("/revisions/import", file=sent)).status_code == 403
    assert await _titles(chain) == []
