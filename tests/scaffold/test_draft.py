"""Lines of TOML: whatever is put into them comes out of a TOML reader."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from dualgig.scaffold.draft import Draft, toml_key, toml_value

texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts, texts, texts)
def test_any_key_value_and_note_can_be_read(key, value, note):
    draft = Draft("en")
    draft.section("[a]", note)
    draft.ask(note)
    draft.put(key, value, note)

    assert tomllib.loads(draft.text()) == {"a": {key: value}}


@given(st.one_of(st.booleans(), st.integers(-(10**9), 10**9), st.lists(texts), st.floats(-1e9, 1e9)))
def test_any_value_can_be_read(value):
    assert tomllib.loads(f"{toml_key('村')} = {toml_value(value)}") == {"村": value}


def test_what_is_asked_is_marked_and_counted():
    draft = Draft("en")
    draft.put("path", "", ask="which\nfile?")
    draft.put("path", "", "nothing to ask", off=True)
    draft.ask("anything else?")

    first, second, third = draft.lines
    assert first.startswith('path = ""')
    assert first.endswith("# ??? which file?")
    assert second.startswith('# path = ""')
    assert third == "# ??? anything else?"
    assert draft.marks == 2


def test_notes_stand_in_one_column_although_chinese_letters_are_wide():
    draft = Draft("zh")
    draft.put("title", "庆元县双千兆", "标题")
    draft.put("name", "qingyuan", "名称")

    # each Chinese letter takes two columns of an editor
    columns = [
        line.index("#") + sum("一" <= c <= "鿿" for c in line[: line.index("#")]) for line in draft.lines
    ]
    assert columns[0] == columns[1]
