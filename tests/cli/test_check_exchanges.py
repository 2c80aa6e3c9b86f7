"""``check-exchanges`` prints a line per problem."""

from emola import cli

BLOCK = "## support\nneeds: {}\nQ: Why?\nA: The cheeks are raised.\n"


def test_a_valid_file_prints_nothing(tmp_path, capsys):
    (tmp_path / "valid.txt").write_text(BLOCK.format("AU6"), "utf-8")
    assert cli.main(["check-exchanges", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""


def test_a_problem_is_a_line_and_exit_code_2(tmp_path, capsys):
    file = tmp_path / "invalid.txt"
    file.write_text(BLOCK.format("not AU6"), "utf-8")
    assert cli.main(["check-exchanges", str(file)]) == 2
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{file}:4: 'cheeks are raised' says that AU6 is active")


def test_a_warning_leaves_the_exit_code(tmp_path, capsys):
    (tmp_path / "unused.txt").write_text(BLOCK.format("AU6, AU9"), "utf-8")
    assert cli.main(["check-exchanges", str(tmp_path)]) == 0
    assert "warning: required and not used: AU9" in capsys.readouterr().out
