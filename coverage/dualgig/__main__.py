"""``python -m dualgig``."""

from dualgig.cli import main

if __name__ == "__main__":
    main()
