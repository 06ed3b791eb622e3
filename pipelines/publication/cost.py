"""What protection cost, as a release tells it: per table, against the release before, and which table costs most.

Lives here: finding what the release before told, and putting the two together. Not here: counting (disclosure.loss).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipelines.publication.current import RELEASE, RELEASES
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.disclosure.history import Uitgave
    from pipelines.disclosure.jaar import Bescherming


def cost(settings: Settings, made: Bescherming, before: Sequence[Uitgave]) -> dict[str, Any]:
    """`informatieverlies` per table and `informatieverlies_samengevat`, which names the release it is set against.

    `before`: all earlier releases that readers of this profiel have, in order of time within a profiel.
    """
    from pipelines.disclosure.loss import against, information_loss, summed_up

    release, was = None, None
    own = [one.release for one in before if one.profiel == made.profiel]
    if own:
        release, was = own[-1], _told(settings, made.profiel, own[-1])
    loss = against(information_loss(made), was)
    return {
        "informatieverlies": loss,
        "informatieverlies_samengevat": {
            "tegen_uitgave": release if was is not None else None,
            **summed_up(loss, made.specs),
        },
    }


def _told(settings: Settings, profiel: str, release: str) -> dict[str, dict[str, Any]] | None:
    """What that release told; None if its folder is gone or it did not tell."""
    path = settings.publication / profiel / RELEASES / release / RELEASE
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("informatieverlies")
    except FileNotFoundError:
        return None
