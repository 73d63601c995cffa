"""verify.py as an auditor runs it: another interpreter process that knows nothing of Driftlock."""

import ast
import builtins
import subprocess
import sys
import venv
from pathlib import Path
from shutil import copytree
from zipfile import ZipFile

import pytest
import zstandard

from driftlock.evidence.verifier import PARTS, source
from tests.evidence.made_bundles import Seeded, files_of, hashed_again, series_bundle, window_bundle
from tests.evidence.test_case import archive

KEY = Seeded()


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The Python of a new virtual environment whose only package is a copy of zstandard, the one the wheel brings."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    copytree(Path(zstandard.__file__).parent, Path(packages) / "zstandard")
    return python


@pytest.fixture
def run(bare, tmp_path):
    def ran(bundle, *arguments, program=None):
        (tmp_path / "bundle.zip").write_bytes(bundle)
        with ZipFile(tmp_path / "bundle.zip") as archive:
            archive.extractall(tmp_path / "unpacked")
        (tmp_path / "key").write_bytes(KEY.public_key)
        return subprocess.run(
            [bare, "-I", program or tmp_path / "unpacked" / "verify.py", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return ran


def test_one_program_checks_all_bundles_of_a_case(run):
    done = run(archive().data, "--key", "key")
    assert done.returncode == 0, done.stdout
    assert "case: bundle_003.zip" in done.stdout


def test_the_bare_python_has_neither_driftlock_nor_numpy(bare):
    for module in ("driftlock", "driftlock_core", "numpy", "cryptography"):
        assert (
            subprocess.run(
                [bare, "-I", "-c", f"import {module}"], capture_output=True, check=False
            ).returncode
            == 1
        )


@pytest.mark.parametrize("policy", ["full", "masked", "digests"])
def test_a_bundle_verifies_with_the_standard_library_and_the_compressor(run, policy):
    done = run(window_bundle(2, policy=policy, signer=KEY).data, "bundle.zip", "--key", "key")
    assert (done.returncode, done.stderr) == (0, "")
    assert "FAIL" not in done.stdout
    assert "PASS         unchanged" in done.stdout
    assert done.stdout.endswith("exit code 0\n")


def test_a_series_verifies_too(run):
    assert run(series_bundle(signer=KEY).data, "bundle.zip", "--key", "key").returncode == 0


def test_the_unpacked_folder_verifies_by_itself(run):
    done = run(window_bundle(2, signer=KEY).data)
    assert done.returncode == 0
    assert "a folder was looked at, not the archive" in done.stdout


def test_one_flipped_byte_in_the_window_names_the_file(run):
    files = files_of(window_bundle(2, signer=KEY))
    held = bytearray(files["window.ndjson"])
    held[100] ^= 1
    done = run(hashed_again(files | {"window.ndjson": bytes(held)}), "bundle.zip", "--key", "key")
    assert done.returncode == 1
    assert "FAIL         signature: window.ndjson" in done.stdout


def test_without_the_compressor_nothing_is_claimed_to_the_bit(tmp_path):
    """This interpreter without its packages: exit code 2."""
    (tmp_path / "verify.py").write_bytes(source())
    (tmp_path / "bundle.zip").write_bytes(window_bundle(2).data)
    done = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "verify.py", tmp_path / "bundle.zip"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "zstandard is not installed here: pip install zstandard" in done.stdout


def test_a_console_that_knows_ascii_alone_gets_its_answer(bare, tmp_path):
    (tmp_path / "verify.py").write_bytes(source())
    (tmp_path / "bundle.zip").write_bytes(window_bundle(2).data)
    done = subprocess.run(
        [bare, tmp_path / "verify.py", tmp_path / "bundle.zip"],
        env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("arguments", [("--what",), ("a.zip", "b.zip"), ("missing.zip",), (".",)])
def test_wrong_arguments_get_one_line(run, arguments):
    done = run(window_bundle(2).data, *arguments)
    assert done.returncode == 1
    assert "usage:" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_parts_of_the_program_define_no_name_twice_and_import_nothing_but_the_standard_library():
    """What holds one file together that is made of several; the compressors are imported by name, on demand."""
    names, modules = [], set()
    for node in ast.parse(source()).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    for node in ast.walk(ast.parse(source())):
        if isinstance(node, ast.Import):
            modules |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").partition(".")[0])
    assert sorted(names) == sorted(set(names))
    assert modules <= sys.stdlib_module_names
    assert not set(names) & set(dir(builtins))
    assert len(PARTS) == len(set(PARTS))
