"""Key files and pseudonyms: the two steps as anyone can recompute them, and a key that shows itself to nobody."""

from __future__ import annotations

import hashlib
import hmac
import pickle

import pyarrow as pa
import pytest

from pipelines.errors import Gebruiksfout
from pipelines.intake.second import second_column
from pipelines.keys import Key, new_key, pseudonymise_step1, pseudonymise_step2, read_key, step2_many

SECRET = bytes(range(32))
KEY = Key(SECRET)


def recomputed(message: str) -> str:
    return hmac.new(SECRET, message.encode(), hashlib.sha256).hexdigest()


def test_both_steps_are_plain_hmac_sha_256():
    first = pseudonymise_step1(KEY, "010000008")
    assert first == recomputed("010000008")
    assert pseudonymise_step2(KEY, first) == recomputed(first)
    assert KEY.fingerprint == recomputed("ondersteuningsanalyse")[:16]


def test_a_column_gets_the_same_second_step_as_one_pseudonym():
    firsts = [recomputed(str(number % 7)) for number in range(50)]
    column = pa.array(["x", *firsts])[1:]  # a slice: its buffers begin elsewhere
    assert second_column(column, KEY).to_pylist() == step2_many(KEY, firsts)
    assert second_column(pa.array([], pa.string()), KEY).to_pylist() == []


@pytest.mark.parametrize(
    "cell", ["", "A" * 64, "a" * 63, "g" * 64, "a" * 65, "a" * 63 + "é", "999990019", None]
)
def test_what_is_no_first_pseudonym_has_no_second(cell):
    column = pa.array(["a" * 64, cell])
    with pytest.raises(ValueError, match="step 2 needs") as refusal:
        second_column(column, KEY)
    assert not cell or cell not in str(refusal.value)


@pytest.mark.parametrize(
    "number", ["12345678", "1234567890", "12345678a", "", " 123456782", "１２３４５６７８９"]
)
def test_the_first_step_takes_nine_ascii_digits_only(number):
    with pytest.raises(ValueError, match="nine digits") as refusal:
        pseudonymise_step1(KEY, number)
    assert not number or number not in str(refusal.value)


def test_a_new_key_is_for_its_owner_alone_and_never_overwritten(tmp_path):
    path = tmp_path / "sleutel"
    key = new_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path).fingerprint == key.fingerprint
    with pytest.raises(Gebruiksfout, match="nooit overschreven"):
        new_key(path)


def test_a_key_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "sleutel"
    new_key(path)
    path.chmod(0o640)
    with pytest.raises(Gebruiksfout, match="Anderen"):
        read_key(path)


@pytest.mark.parametrize("content", ["", "ab" * 31, "zz" * 32, "ab" * 33, "ab" * 32 + "\nab"])
def test_a_malformed_key_file_is_refused_without_showing_it(tmp_path, content):
    path = tmp_path / "sleutel"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(Gebruiksfout, match="geldige sleutel") as refusal:
        read_key(path)
    assert not content or content not in str(refusal.value)


def test_missing_keys_and_folders_are_wrong_use(tmp_path):
    for path in (tmp_path / "geen", tmp_path):
        with pytest.raises(Gebruiksfout):
            read_key(path)
    with pytest.raises(Gebruiksfout, match="kan niet worden gemaakt"):
        new_key(tmp_path / "geen" / "sleutel")


def test_a_key_shows_its_fingerprint_only():
    shown = f"{KEY!r} {KEY}"
    assert KEY.fingerprint in shown
    assert SECRET.hex() not in shown
    assert not hasattr(KEY, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(KEY)


def test_a_key_file_may_come_from_windows(tmp_path):
    path = tmp_path / "sleutel"
    path.touch(mode=0o600)
    path.write_bytes(b"\xef\xbb\xbf" + SECRET.hex().upper().encode() + b"\r\n")
    assert read_key(path).fingerprint == KEY.fingerprint
