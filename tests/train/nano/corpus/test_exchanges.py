"""Files of written exchanges."""

import pytest

from emola.errors import DataError
from emola.train.nano.corpus.exchanges import load_exchanges, read_exchanges

BLOCK = """## why_unit > it_sure
needs: AU6 C sure; happiness

Q: Why AU6?
A: The cheeks are raised.\\nThat is AU6.
Q: Are you sure?
A: Yes.
"""


def write(folder, text, name="units/why.txt"):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_reads_turns_with_their_kinds_and_lines(tmp_path):
    write(tmp_path, BLOCK + "\n" + BLOCK)
    first, second = load_exchanges(tmp_path)
    assert first.kinds == ("why_unit", "it_sure")
    assert first.turns[0].answer == "The cheeks are raised.\nThat is AU6."
    assert first.needs.emotion == "happiness"
    assert [turn.line for turn in second.turns] == [12, 14]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (BLOCK.replace("needs:", "need:"), 1, "must begin with 'needs:'"),
        (BLOCK.replace("AU6 C", "AU6 X"), 2, "'X' cannot be required of AU6"),
        (BLOCK.replace("> it_sure", ""), 1, "1 kinds need as many questions"),
        (BLOCK.replace("A: Yes.", "A:"), 7, "the line must be 'A: ' and a text"),
        (BLOCK.replace("Q: Are", "A: Are"), 6, "the line must be 'Q: ' and a text"),
        ("Preface\n" + BLOCK, 1, "a block must begin with '## '"),
    ],
)
def test_reports_invalid_blocks_by_line(tmp_path, text, line, message):
    file = write(tmp_path, text)
    _, problems = read_exchanges(file)
    assert [problem.line for problem in problems] == [line]
    assert message in problems[0].text
    with pytest.raises(DataError, match=f"{file.name}:{line}: "):
        load_exchanges(tmp_path)


def test_a_folder_without_files_is_an_error(tmp_path):
    with pytest.raises(DataError, match="holds no files of exchanges"):
        load_exchanges(tmp_path)
