# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that is run with -m."""

import multiprocessing

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=print, args=("packaged",))
    process.start()
    process.join()
