"""Which Python the set-up starts, and what it says where there is none."""

import sys

import pytest

OLD = "sys.version_info = (3, 9, 18, 'final', 0)"
WITHOUT_VENV = "sys.modules['ensurepip'] = None"


@pytest.fixture
def python(tmp_path, program):
    """Put a program beside bash that behaves as this Python does, but for a line that runs first."""

    def write(name, line="pass"):
        code = f"import sys; {line}; exec(sys.argv[1])"
        program(tmp_path / "bin" / name, f'exec \'{sys.executable}\' -c "{code}" "$2"')

    return write


@pytest.mark.parametrize("script", ["plan", "test"])
def test_too_old_a_python_is_named_in_one_sentence(
    clone, tmp_path, python, shell, assert_one_sentence, script
):
    python("python3", OLD)

    answer = shell(clone / "scripts" / script)

    assert_one_sentence(answer, "Python 3.12 or newer", f"Python 3.9 ({tmp_path}/bin/python3)")
    assert not (clone / ".venv").exists()


def test_a_python_without_venv_is_named_in_one_sentence(clone, python, shell, assert_one_sentence):
    python("python3", WITHOUT_VENV)

    answer = shell(clone / "scripts" / "plan")

    assert_one_sentence(answer, "venv module", "python3-venv")


def test_no_python_at_all_is_one_sentence(clone, shell, assert_one_sentence):
    answer = shell(clone / "scripts" / "plan")

    assert_one_sentence(answer, "Python 3.12 or newer", "no Python was found")


@pytest.mark.parametrize("name", ["python3.13", "python", "versions/3.12.9/bin/python3"])
def test_a_good_python_is_found_behind_bad_ones(python, shell, name):
    python("python3", OLD)
    python("python3.12", WITHOUT_VENV)
    python(name)

    answer = shell("-c", ". scripts/_setup.sh; find_python")

    assert (answer.returncode, answer.stdout.strip()) == (0, sys.executable)
