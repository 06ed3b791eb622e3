"""Keys and pseudonyms: the two HMAC steps of DOMAIN.md section 2, and the files that hold the keys.

Lives here: making, reading and describing a key file, the fingerprint, step 1 and step 2. Not here: which
numbers are valid (pseudonymise) and where a key is configured (settings). A key never appears in a message,
a repr, a log or a file under OA_HOME; only its fingerprint may.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.errors import Gebruiksfout

FINGERPRINT_TEXT = b"ondersteuningsanalyse"
HEX = 64  # characters of a pseudonym
_BLOCK = 64  # of SHA-256, RFC 2104
_HEXES = b"0123456789abcdef"
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_NINE_DIGITS = re.compile(r"[0-9]{9}\Z")
_POSIX = os.name == "posix"


class Key:
    """One secret of 32 bytes. Shows its fingerprint only, and cannot be pickled or copied out by accident."""

    __slots__ = ("_inner", "_outer", "fingerprint")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a key has 32 bytes")
        padded = secret.ljust(_BLOCK, b"\0")
        # The two half-way states of HMAC: the secret itself need not be kept, and a copy of a state is
        # twice as fast as hmac.digest.
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
        self.fingerprint = self._hmac(FINGERPRINT_TEXT)[:16]

    def _hmac(self, message: bytes) -> str:
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.hexdigest()

    def many(self, messages: Iterable[str]) -> list[str]:
        """HMAC-SHA-256 of every message (ASCII), as 64 lowercase hex."""
        inner, outer = self._inner.copy, self._outer.copy
        result = []
        for message in messages:
            first = inner()
            first.update(message.encode("ascii"))
            second = outer()
            second.update(first.digest())
            result.append(second.hexdigest())
        return result

    def blob(self, messages: bytes, size: int) -> bytes:
        """As `many`, over messages of `size` bytes one behind the other; so are the results, as hex."""
        inner, outer = self._inner.copy, self._outer.copy
        result = []
        for start in range(0, len(messages), size):
            first = inner()
            first.update(messages[start : start + size])
            second = outer()
            second.update(first.digest())
            result.append(second.digest())
        return b"".join(result).hex().encode("ascii")

    def __repr__(self) -> str:
        return f"Key(fingerprint={self.fingerprint})"

    def __reduce__(self) -> str:
        raise TypeError("a key is not written anywhere")


def read_key(path: Path | str) -> Key:
    """The key in a file of 64 hex characters; Gebruiksfout if it is missing, malformed or readable by
    others.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            _check_mode(os.fstat(stream.fileno()), path)
            text = stream.read(200)
    except OSError:
        raise Gebruiksfout(
            "Het sleutelbestand kan niet worden gelezen.",
            waar=str(path),
            remedie="Controleer het pad en of je het bestand mag lezen.",
        ) from None
    secret = text.removeprefix(b"\xef\xbb\xbf").strip().lower()
    if not re.fullmatch(rb"[0-9a-f]{64}", secret):
        raise Gebruiksfout(
            "Het sleutelbestand bevat geen geldige sleutel (64 hexadecimale tekens).",
            waar=str(path),
            remedie="Gebruik het bestand zoals het is ontvangen, of maak er een: oa key new BESTAND.",
        )
    return Key(bytes.fromhex(secret.decode("ascii")))


def new_key(path: Path | str) -> Key:
    """Make a key file (mode 0600, never over an existing file) and return the key."""
    path = Path(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        raise Gebruiksfout(
            "Er staat al een bestand op deze plek; een sleutel wordt nooit overschreven.",
            waar=str(path),
            remedie="Kies een andere naam. Met een nieuwe sleutel koppelt niets meer aan eerdere leveringen.",
        ) from None
    except OSError:
        raise Gebruiksfout(
            "Het sleutelbestand kan niet worden gemaakt.",
            waar=str(path),
            remedie="Kies een bestaande map waarin je mag schrijven.",
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as stream:
        stream.write(secrets.token_hex(32) + "\n")
    return read_key(path)


def pseudonymise_step1(key: Key, nine_digits: str) -> str:
    """Step 1, at the bronhouder: over the nine ASCII digits of a BSN or onderwijsnummer, leading zeros
    kept.
    """
    if not _NINE_DIGITS.match(nine_digits):
        raise ValueError("step 1 needs nine digits")
    return key.many((nine_digits,))[0]


def pseudonymise_step2(key: Key, hex64: str) -> str:
    """Step 2, at the TTP or at intake: over the 64 characters of step 1."""
    return step2_many(key, [hex64])[0]


def step2_many(key: Key, pseudonyms: Sequence[str]) -> list[str]:
    """Step 2 over many pseudonyms at once; ValueError (without the value) if one is not 64 lowercase hex."""
    if not all(map(_HEX64.match, pseudonyms)):
        raise ValueError("step 2 needs 64 lowercase hex characters")
    return key.many(pseudonyms)


def step2_blob(key: Key, pseudonyms: bytes) -> bytes:
    """`step2_many` over pseudonyms one behind the other, for columns of them."""
    if len(pseudonyms) % HEX or pseudonyms.translate(None, _HEXES):
        raise ValueError("step 2 needs 64 lowercase hex characters")
    return key.blob(pseudonyms, HEX)


def _check_mode(status: os.stat_result, path: Path) -> None:
    """Windows has no such mode: there the folder's own rights decide."""
    if not stat.S_ISREG(status.st_mode):
        raise Gebruiksfout(
            "Het sleutelbestand is geen gewoon bestand.",
            waar=str(path),
            remedie="Geef het pad van het bestand met de sleutel.",
        )
    if _POSIX and stat.S_IMODE(status.st_mode) & 0o077:
        raise Gebruiksfout(
            "Anderen op deze computer kunnen het sleutelbestand lezen.",
            waar=str(path),
            remedie=f"Voer uit: chmod 600 {path} (helpt dat niet, zoals op een USB-stick of netwerkschijf: zet het "
            "bestand in een eigen map op deze computer)",
        )
