"""Errors: a remedy and an exit code for the known, and no words of another library for the unknown."""

from __future__ import annotations

import traceback

import pytest

from pipelines import errors
from pipelines.errors import Gebruiksfout, Onverwacht, guarded


def test_every_kind_has_its_own_exit_code() -> None:
    kinds = [
        errors.OaError,
        errors.Gebruiksfout,
        errors.LeveringGeweigerd,
        errors.KwaliteitspoortDicht,
        errors.OnthullingspoortDicht,
        errors.Bezet,
    ]
    assert [kind.exit_code for kind in kinds] == [1, 2, 3, 4, 5, 6]


def test_a_message_says_what_where_and_the_remedy() -> None:
    error = Gebruiksfout("Dit klopt niet.", waar="kolom x", remedie="Herstel x.", contact="de beheerder")
    assert error.regels() == [
        "Dit klopt niet.",
        "Waar: kolom x",
        "Wat te doen: Herstel x.",
        "Vragen: de beheerder",
    ]


def test_a_known_error_passes_unchanged() -> None:
    known = Gebruiksfout("x")
    with pytest.raises(Gebruiksfout) as caught, guarded("stap"):
        raise known
    assert caught.value is known


def test_an_unknown_error_is_told_without_its_words() -> None:
    with pytest.raises(Onverwacht) as caught, guarded("inname"):
        raise ValueError("waarde van een kind: 999990019")
    told = "".join(traceback.format_exception(caught.value))
    assert "999990019" not in told
    assert "ValueError" in str(caught.value)
    assert "inname" in str(caught.value)
    assert caught.value.__suppress_context__
