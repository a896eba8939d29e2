#!/usr/bin/env python3
# SPDX-FileCopyrightText: The daemonscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws pictures of the window for people to look at: shots.py BUILD_DIR OUTPUT_DIR"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def main():
    programs, output = pathlib.Path(sys.argv[1]) / "bin", pathlib.Path(sys.argv[2])
    for example in sorted((ROOT / "resources" / "examples").glob("*.py")):
        recording = output / (example.stem + ".dscope")
        subprocess.run([programs / "daemonscope", "record", "--force", "-o", recording, "--", example],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        for theme in ("light", "dark"):
            for view in ("window", "diagram", "timeline"):
                picture = output / f"{example.stem}-{view}-{theme}.png"
                subprocess.run([programs / "daemonscope", "screenshot", recording, "-o", picture, "--view", view,
                                "--theme", theme, "--reproducible"], check=True)
                print(picture)
            # Without --process: of the process whose end most needs an explanation.
            picture = output / f"{example.stem}-inspector-{theme}.png"
            subprocess.run([programs / "daemonscope", "screenshot", recording, "-o", picture, "--view", "inspector",
                            "--theme", theme, "--reproducible"], check=True)
            print(picture)


if __name__ == "__main__":
    main()
