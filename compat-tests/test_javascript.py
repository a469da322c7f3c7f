"""The AWS SDK for JavaScript v3: runs javascript/*.test.mjs, each file in an account of its own.

The packages are those of javascript/package-lock.json; `sh compat-tests/run.sh` installs them.
"""
import pathlib
import re
import shutil
import subprocess

import pytest

FOLDER = pathlib.Path(__file__).resolve().parent / "javascript"
FILES = sorted(FOLDER.glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".test.mjs"))
def test_javascript(aws, file):
    if not shutil.which("node") or not (FOLDER / "node_modules").is_dir():
        pytest.skip("needs node and the packages of compat-tests/javascript: npm ci")
    run = subprocess.run(["node", "--test", "--test-reporter", "tap", str(file)], cwd=FOLDER, env=aws.environment(),
                         capture_output=True, text=True, timeout=300)
    output = run.stdout + run.stderr
    assert run.returncode == 0, output
    # node ends well also when a file holds no test at all.
    counted = {name: int(number) for name, number in re.findall(r"^# (tests|pass|skipped) (\d+)$", run.stdout, re.M)}
    written = len(re.findall(r"^test\(", file.read_text(), re.M))
    assert counted == {"tests": written, "pass": written, "skipped": 0}, output
