"""The bronhouder's commands where nothing of POSIX is there: what Windows and macOS do otherwise, made to happen here.

On Windows an open file can be neither read by others, nor replaced, nor removed; there are no modes; and a console
may lack characters.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from pipelines import keys
from pipelines.errors import Gebruiksfout, LeveringGeweigerd
from pipelines.intake.reading import source
from pipelines.keys import Key, new_key, read_key
from pipelines.pseudonymise import run

HEADER = (
    "bsn;vestigingscode;woongemeente;ondersteuningsbehoefte;ondersteuningsvorm;verantwoordelijke;financiering;"
    "status;afwijsreden;behoefte_vastgesteld_op;besluit_op;start_op;eind_op"
)
ROW = (
    "999990019;90AA00;0307;gedrag;begeleiding_in_klas;school;swv;toegekend;;01-09-2024;01-10-2024;02-10-2024;"
)
ABOUT = {"bronhouder": "41208", "schooljaar": "2024-2025", "leverdatum": date(2025, 10, 3)}
KEY = Key(bytes(range(32)))
WORDS = ["--contract", "opp", "--bronhouder", "41208", "--schooljaar", "2024-2025"]
WORDS += ["--leverdatum", "2025-10-03", "--sleutel", "sleutel1"]
NAME = "opp_41208_2024-2025_20251003.csv"
#: Modules of Python that exist on POSIX only.
POSIX_ONLY = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty")


def export(folder: Path) -> Path:
    path = folder / "export.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    return path


def workbook(folder: Path, row: str = ROW, header: str = HEADER) -> Path:
    path = folder / "export.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, line in enumerate((header, row)):
        for place, cell in enumerate(line.split(";")):
            sheet.write_string(number, place, cell)
    book.close()
    return path


def reference(folder: Path) -> None:
    """The schools that the analyst sent along."""
    (folder / "data" / "referentie").mkdir(parents=True)
    (folder / "data" / "referentie" / "vestigingen.csv").write_text(
        "vestigingscode;naam;soort;bestuur;bestuur_naam;swv;gemeente;postcode4;leerlingen\n"
        "90AA00;De Eerste;BO;41208;Stichting Een;PO2602;0307;3811;200\n",
        encoding="utf-8",
    )


def oa(folder: Path, *words: str, encoding: str = "cp1252") -> subprocess.CompletedProcess[bytes]:
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({POSIX_ONLY!r}));"
        "from pipelines.cli import main; sys.argv[0] = 'oa'; main()"
    )
    mine = {name: value for name, value in os.environ.items() if not name.startswith("OA_")}
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=folder,
        env=mine | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )


def test_key_pseudonymise_and_check_need_nothing_of_posix(tmp_path):
    export(tmp_path)
    reference(tmp_path)
    for words, said in (
        (["key", "new", "sleutel1"], b"vingerafdruk"),
        (["key", "show", "sleutel1"], b"Vingerafdruk"),
        (["pseudonymise", "export.csv", *WORDS], b"1 rijen"),
        (["check", NAME], b"past bij het contract"),
    ):
        done = oa(tmp_path, *words)
        assert (done.returncode, said in done.stdout) == (0, True), done.stderr.decode("cp1252")


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_a_console_without_a_character_still_gets_the_message(tmp_path, encoding):
    new_key(tmp_path / "sleutel1")
    done = oa(tmp_path, "pseudonymise", "een", "twee", *WORDS, "--stap", "2", encoding=encoding)
    assert done.returncode == Gebruiksfout.exit_code
    assert "precies één bestand".encode(encoding, "replace") in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_key_file_without_modes_is_read(tmp_path, monkeypatch):
    path = tmp_path / "sleutel"
    made = new_key(path)
    path.chmod(0o666)  # what Windows says of any file
    monkeypatch.setattr(keys, "_POSIX", False)
    assert read_key(path).fingerprint == made.fingerprint


def test_a_file_that_is_open_in_a_spreadsheet_is_said_to_be(tmp_path, monkeypatch):
    path, really = workbook(tmp_path), Path.open

    def locked(self: Path, *args: object, **options: object):
        if self == path:
            raise PermissionError(13, "in gebruik")
        return really(self, *args, **options)

    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(LeveringGeweigerd, match="kan niet worden geopend") as refusal:
        run(path, "opp", key=KEY, uit=tmp_path / "uit", **ABOUT)
    assert "Excel" in refusal.value.remedie


def test_an_earlier_outcome_that_is_open_stays_whole(tmp_path, monkeypatch):
    uit = tmp_path / "uit"
    run(export(tmp_path), "opp", key=KEY, uit=uit, **ABOUT)
    before = {path.name: path.read_bytes() for path in uit.iterdir()}
    really = Path.unlink

    def locked(self: Path, missing_ok: bool = False) -> None:
        if self.name == NAME:
            raise PermissionError(13, "in gebruik")
        really(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", locked)
    with pytest.raises(Gebruiksfout, match="niet op haar plaats"):
        run(export(tmp_path), "opp", key=Key(bytes(range(1, 33))), uit=uit, **ABOUT)
    assert {path.name: path.read_bytes() for path in uit.iterdir()} == before


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed by Linux only")
@pytest.mark.parametrize("number", ["999990019", "999990018"])  # the second does not pass the elfproef
def test_no_copy_is_open_any_more_when_it_is_removed(tmp_path, monkeypatch, number):
    removed: list[list[str]] = []

    def watched(folder: Path, ignore_errors: bool = False) -> None:
        handles = [str(item.readlink()) for item in Path("/proc/self/fd").iterdir() if item.is_symlink()]
        removed.append([name for name in handles if name.startswith(str(folder))])
        really(folder, ignore_errors=ignore_errors)

    really = source.shutil.rmtree
    monkeypatch.setattr(source.shutil, "rmtree", watched)
    refusals = pytest.raises(LeveringGeweigerd) if number == "999990018" else contextlib.nullcontext()
    with refusals:
        run(
            workbook(tmp_path, ROW.replace("999990019", number)),
            "opp",
            key=KEY,
            uit=tmp_path / "uit",
            **ABOUT,
        )
    assert removed == [[]]


def test_a_copy_that_cannot_be_removed_is_told_with_its_place(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(source.shutil, "rmtree", lambda folder, ignore_errors=False: None)
    with pytest.raises(Gebruiksfout, match="tijdelijke kopie") as told:
        run(workbook(tmp_path), "opp", key=KEY, uit=tmp_path / "uit", **ABOUT)
    assert Path(told.value.waar).is_dir()


def test_checking_a_workbook_leaves_nothing_behind(tmp_path):
    reference(tmp_path)
    (tmp_path / "data" / "ondersteuningsanalyse.toml").write_text("demo = true\n")  # no manifest is needed
    pseudonym = keys.pseudonymise_step1(KEY, "999990019")
    row = ROW.replace("999990019", f"{pseudonym};2024-2025;a1")
    header = HEADER.replace("bsn", "leerling_pseudoniem;schooljaar;arrangement_id")
    path = workbook(tmp_path, row, header).rename(tmp_path / NAME.replace(".csv", ".xlsx"))
    before = sorted(tmp_path.rglob("*"))
    done = oa(tmp_path, "check", path.name)
    assert (done.returncode, b"past bij het contract" in done.stdout) == (0, True), done.stdout.decode(
        "cp1252"
    )
    assert sorted(tmp_path.rglob("*")) == before
