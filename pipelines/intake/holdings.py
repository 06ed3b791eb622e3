"""What is in, kept up to date while a round takes more in: known files, keys in use, the next number.

Lives here: questions about all deliveries that a round asks for every file, answered without going over all of
them again. Not here: reading them from disk (store).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipelines.intake.levering import Levering
from pipelines.intake.store import rank


class Holdings:
    """Accepted deliveries, and the (file name, sha256) of those that were withdrawn or expired."""

    def __init__(self, stored: Iterable[Levering], ended: Iterable[tuple[str, str]]) -> None:
        self._known = set(ended)
        self._active: dict[tuple[str, str, str], Levering] = {}
        self._in_use: Counter[tuple[int, str]] = Counter()
        self._ever: set[str] = set()
        self.last_number = 0
        for levering in stored:
            self.add(levering)

    def add(self, levering: Levering) -> None:
        self._known.add((levering.bestand, levering.sha256))
        self._ever.add(f"{levering.stap}:{levering.vingerafdruk}")
        self.last_number = max(self.last_number, levering.volgnummer)
        rival = self._active.get(levering.sleutel)
        if rival is None or rank(levering) > rank(rival):
            self._active[levering.sleutel] = levering
            for item, count in ((levering, 1), (rival, -1)):
                if item is not None and item.vingerafdruk:
                    self._in_use[item.stap, item.vingerafdruk] += count

    def known(self, bestand: str, sha256: str) -> bool:
        """True if this very delivery came in before; the name counts, because it holds the leverdatum."""
        return (bestand, sha256) in self._known

    def keys_in_use(self) -> frozenset[tuple[int, str]]:
        """(stap, fingerprint) of the keys that the deliveries that count were made with."""
        return frozenset(key for key, count in self._in_use.items() if count)

    def keys_ever(self) -> list[str]:
        """Step and fingerprint of every delivery, superseded ones too, as text in order."""
        return sorted(self._ever)
