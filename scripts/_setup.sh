# Sourced by scripts/plan and scripts/test: finds a Python and hands the set-up to _setup.py.
# shellcheck shell=bash

# What another program set for its own Python (QGIS does) would break ours.
unset CDPATH PYTHONHOME PYTHONPATH
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# Every Python that may do, best first: the one in use, then those the pins were resolved for.
python_candidates() {
  printf '%s\n' "$root/.venv/bin/python"
  local name
  for name in python3.12 python3.13 python3.14 python3 python; do
    type -ap "$name" || true
  done
  printf '%s\n' \
    "${PYENV_ROOT:-${HOME-}/.pyenv}"/versions/3.*/bin/python3 \
    "${XDG_DATA_HOME:-${HOME-}/.local/share}"/uv/python/cpython-3.*/bin/python3
}

# Prints the first Python that is new enough and can make virtual environments; else says what is missing.
find_python() {
  # Python 2 reads this as well. A version manager's stand-in works in some folders only: take what it starts.
  local probe='
import sys
found = "%d.%d" % sys.version_info[:2]
if sys.version_info < (3, 12):
    sys.exit(sys.stdout.write("old " + found))
try:
    import ensurepip, venv
except ImportError:
    sys.exit(sys.stdout.write("bare " + found))
sys.stdout.write("good " + sys.executable)
'
  local candidate answer old="" bare=""
  while IFS= read -r candidate; do
    # From the root, so that a version manager obeys .python-version.
    answer=$(cd "$root" && "$candidate" -c "$probe" 2>/dev/null </dev/null) || true
    case $answer in
      good\ *) printf '%s\n' "${answer#good }" && return ;;
      bare\ *) bare=${bare:-"Python ${answer#bare } ($candidate)"} ;;
      old\ *) old=${old:-"Python ${answer#old } ($candidate)"} ;;
    esac
  done < <(python_candidates)
  if [ -n "$bare" ]; then
    echo "dualgig: $bare lacks the venv module; install it (Debian: apt-get install python3-venv) and run this again." >&2
  elif [ -n "$old" ]; then
    echo "dualgig: Python 3.12 or newer is needed, and only $old was found; install Python 3.12 and run this again." >&2
  else
    echo "dualgig: Python 3.12 or newer is needed, and no Python was found; install Python 3.12 and run this again." >&2
  fi
  return 1
}

# Makes .venv with the extras given as arguments; exits where it cannot.
set_up() {
  local python
  python=$(find_python) || exit 1
  "$python" -I "$root/scripts/_setup.py" "$@" || exit
}
