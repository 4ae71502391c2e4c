from pathlib import Path

from schemas import export


def test_the_exported_schemas_are_those_of_the_structs_in_force() -> None:
    written = {path.name: path.read_bytes() for path in export.FOLDER.glob("*.json")}
    rendered = export.render_all()
    stale = [
        name for name in rendered.keys() | written.keys() if rendered.get(name) != written.get(name)
    ]
    assert not stale, "run `make schemas` and read the diff"


def test_every_public_type_has_a_schema_with_its_promise() -> None:
    rendered = export.render_all()
    for module in export.modules():
        text = rendered[f"{module.__name__.rpartition('.')[2]}.json"].decode()
        for exported in export.public_types(module):
            assert f'"{exported.__name__}": {{' in text
            assert exported.__doc__, f"{exported.__name__} promises nothing"


def test_exporting_again_changes_nothing_and_forgets_what_is_gone(tmp_path: Path) -> None:
    export.write_all(tmp_path)
    assert export.write_all(tmp_path) == []
    (tmp_path / "gone.json").write_text("{}")
    (tmp_path / "cases.json").write_text("{}")
    assert export.write_all(tmp_path) == ["cases.json", "gone.json"]
    assert not (tmp_path / "gone.json").exists()
