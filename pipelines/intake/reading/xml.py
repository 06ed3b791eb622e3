"""XML from outside, parsed as a stream and without anything that XML can do besides holding data.

Lives here: a parser that refuses document types (and with them entities, internal and external), and that
quotes nothing of a broken file. Not here: which elements mean what (sheet, ijw).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat

from pipelines.errors import LeveringGeweigerd

_BLOCK = 1 << 16
Start = Callable[[str, dict[str, str]], object]


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def parse(
    stream: Readable, start: Start, end: Callable[[str], object], text: Callable[[str], object]
) -> None:
    """Drive the callbacks over `stream`; names are `namespace local`. LeveringGeweigerd if it is unsound XML.

    `text` may be called several times for one text. Comments and processing instructions are skipped.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        while block := stream.read(_BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise LeveringGeweigerd(
            "De XML is beschadigd of niet volledig.",
            waar=f"regel {error.lineno}",
            remedie="Exporteer het bericht opnieuw uit het bronsysteem.",
        ) from None
    except (LookupError, UnicodeError):  # an encoding that nobody knows
        raise LeveringGeweigerd(
            "De XML noemt een tekencodering die niet bestaat.",
            remedie="Exporteer het bericht opnieuw, in UTF-8.",
        ) from None


def _refuse_doctype(*_: object) -> None:
    raise LeveringGeweigerd(
        "De XML bevat een documenttype (DTD); dat wordt niet gelezen omdat er opdrachten in kunnen staan.",
        remedie="Exporteer het bericht opnieuw uit het bronsysteem; een echt bericht heeft geen DTD.",
    )
