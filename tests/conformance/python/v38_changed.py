# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Python 3.8 answers where CPython changed its mind; record.py has it answered by that version."""

from changed import run
from oracle import part

if __name__ == "__main__":
    run(part())
