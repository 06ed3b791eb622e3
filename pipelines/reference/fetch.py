"""One public document over HTTP(S) into a file: with limits, retries and no surprises.

Lives here: time and size limits, trying again, and which redirects are followed. Not here: which documents
(sources) and whether their content is right (duo, cbs). Nothing of this installation is sent along but the
name of the product.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urljoin, urlsplit

from pipelines.errors import Gebruiksfout, OaError

if TYPE_CHECKING:
    import requests

POGINGEN = 4
WACHTTIJDEN = (1.0, 4.0, 15.0)  # seconds before the second, third and fourth attempt
VERBINDEN, LEZEN = 10, 60  # seconds to connect, and of silence while reading
OMLEIDINGEN = 5
_LATER = frozenset({429, 500, 502, 503, 504})
_BLOK = 1 << 16


@dataclass(frozen=True)
class Opgehaald:
    """A document that came in whole: where it was found, its hash (of the content, unpacked) and its date."""

    adres: str
    sha256: str
    bytes: int
    gewijzigd_op: str  # ISO date of Last-Modified, or empty


class _TryAgainError(Exception):
    """This attempt failed in a way that another one may not."""


def fetch(adres: str, naar: Path, *, grens_mb: int, wacht: Callable[[float], None] = time.sleep) -> Opgehaald:
    """Put the document at `adres` in the file `naar`.

    OaError if it does not come, Gebruiksfout if the address or what it gives is not acceptable.
    """
    _check_adres(adres)
    reason = ""
    for attempt in range(POGINGEN):
        if attempt:
            wacht(WACHTTIJDEN[attempt - 1])
        try:
            return _attempt(adres, naar, grens_mb << 20)
        except _TryAgainError as error:
            naar.unlink(missing_ok=True)
            reason = str(error)
    raise OaError(
        f"{_host(adres)} leverde het bestand niet, ook niet na {POGINGEN} pogingen: {reason}.",
        waar=adres,
        remedie="Probeer het later weer, of haal het bestand zelf op en geef het met --van BRON=BESTAND. "
        "Wat er was, geldt nog.",
    )


def _attempt(adres: str, naar: Path, grens: int) -> Opgehaald:
    import requests

    try:
        with requests.Session() as session:
            response = _follow(session, adres)
            with response:
                return _save(response, adres, naar, grens)
    except requests.exceptions.Timeout:
        raise _TryAgainError("geen antwoord binnen de tijd") from None
    except requests.exceptions.SSLError:
        raise OaError(
            "De beveiligde verbinding is niet te vertrouwen.",
            waar=adres,
            remedie="Vraag uw beheerder naar het certificaat van het netwerk.",
        ) from None
    except requests.exceptions.ContentDecodingError:
        raise _TryAgainError("de inpakking is beschadigd") from None
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError):
        raise _TryAgainError("de verbinding brak af") from None
    except (requests.exceptions.RequestException, ValueError):  # ValueError: a redirect to what is no address
        raise Gebruiksfout(
            "Het adres, of dat waarnaar het doorverwijst, is niet op te halen.",
            waar=adres,
            remedie="Controleer het adres; geef een ander met --van BRON=ADRES.",
        ) from None


def _follow(session: requests.Session, adres: str) -> requests.Response:
    """The answer at the end of the redirects; each must stay with the same publisher."""
    now = adres
    for _ in range(OMLEIDINGEN + 1):
        response = session.get(
            now,
            stream=True,
            allow_redirects=False,
            timeout=(VERBINDEN, LEZEN),
            auth=_no_password,
            headers={"User-Agent": "ondersteuningsanalyse", "Accept": "*/*"},
        )
        if not response.is_redirect:
            _check_status(response, now)
            return response
        location = response.headers["location"]
        response.close()
        following = urljoin(now, location)
        if _bare(following) != _bare(adres) or _weaker(now, following):
            raise Gebruiksfout(
                f"{_host(adres)} verwijst door naar {_host(following) or 'een onbekend adres'}; dat is niet "
                "gevolgd.",
                waar=adres,
                remedie="Ga na of de uitgever verhuisd is en geef dan het nieuwe adres met --van BRON=ADRES.",
            )
        now = following
    raise Gebruiksfout(
        "Het adres blijft doorverwijzen.",
        waar=adres,
        remedie="Zoek het bestand op de pagina van de uitgever en geef dat adres met --van.",
    )


def _check_status(response: requests.Response, adres: str) -> None:
    if response.status_code in _LATER:
        raise _TryAgainError(f"de server antwoordt {response.status_code}")
    if response.status_code != 200:
        raise Gebruiksfout(
            f"{_host(adres)} heeft het bestand niet (antwoord {response.status_code}).",
            waar=adres,
            remedie="Zoek het op de pagina van de uitgever en geef het nieuwe adres met --van BRON=ADRES.",
        )


def _save(response: requests.Response, adres: str, naar: Path, grens: int) -> Opgehaald:
    """Write the unpacked content, counting; what is announced or comes in above the limit is refused."""
    announced = response.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > grens:
        raise _too_large(adres, grens)
    digest, size = sha256(), 0
    with naar.open("wb") as handle:
        for block in response.iter_content(_BLOK):
            size += len(block)
            if size > grens:
                raise _too_large(adres, grens)
            digest.update(block)
            handle.write(block)
    return Opgehaald(adres, digest.hexdigest(), size, _day(response.headers.get("last-modified", "")))


def _too_large(adres: str, grens: int) -> Gebruiksfout:
    return Gebruiksfout(
        f"Het bestand is groter dan {grens >> 20} MB en is niet opgehaald.",
        waar=adres,
        remedie="Controleer of het adres het goede bestand geeft.",
    )


def _check_adres(adres: str) -> None:
    parts = _parts(adres)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        raise Gebruiksfout(
            "Dit is geen adres dat opgehaald kan worden.",
            waar="--van BRON=ADRES",
            remedie="Geef een adres dat met https:// begint, zonder naam en wachtwoord erin.",
        )


def _parts(adres: str) -> SplitResult:
    """The parts of an address; all empty if it is none."""
    try:
        parts = urlsplit(adres)
        _ = parts.port  # raises if that is no number
        return parts
    except ValueError:
        return urlsplit("")


def _host(adres: str) -> str:
    return _parts(adres).hostname or ""


def _bare(adres: str) -> tuple[str, int | None]:
    """Whose address it is: with or without www is the same publisher, another port is not."""
    parts = _parts(adres)
    port = parts.port if parts.port not in (80, 443) else None
    return (parts.hostname or "").removeprefix("www."), port


def _weaker(now: str, following: str) -> bool:
    return _parts(now).scheme == "https" and _parts(following).scheme != "https"


def _day(moment: str) -> str:
    try:
        return parsedate_to_datetime(moment).date().isoformat()
    except (TypeError, ValueError):
        return ""


def _no_password(request: Any) -> Any:
    """Keeps requests from sending a password out of a .netrc along."""
    return request
