"""Rows of a chart by name, and its layers put together.

Lives here: what Altair does at a price. It copies inline data with every layer and every layer with every step, and
looks each plain dictionary up in its whole schema; so rows are named, layers joined here, and drawings give channels as
objects (`XValue(4)`, not `value(4)`). Not here: how a chart looks.
"""

from __future__ import annotations

from typing import Any


class Rows:
    """Collects the rows of a chart; `finish` puts them into its specification."""

    def __init__(self) -> None:
        self._sets: dict[str, list[dict[str, Any]]] = {}

    def chart(self, rows: list[dict[str, Any]]) -> Any:
        """An Altair chart over these rows."""
        import altair as alt

        name = f"rijen_{len(self._sets)}"
        self._sets[name] = rows
        return alt.Chart(alt.NamedData(name))

    def finish(self, layers: list[Any], width: float, height: float | dict[str, int]) -> dict[str, Any]:
        """One panel as a Vega-Lite specification with the rows in it."""
        return self._whole(self.panel(layers, width, height))

    def panel(
        self, layers: list[Any], width: float, height: float | dict[str, int], title: str | list[str] = ""
    ) -> dict[str, Any]:
        """Layers put together as a part of a specification."""
        specs = [layer.to_dict(validate=False) for layer in layers]
        for spec in specs:
            spec.pop("$schema")
            spec.pop("config", None)
        return {"layer": specs, "width": width, "height": height} | ({"title": title} if title else {})

    def side(self, direction: str, panels: list[dict[str, Any]], spacing: int) -> dict[str, Any]:
        """Panels beside or under each other."""
        return self._whole({direction: panels, "spacing": spacing})

    def _whole(self, spec: dict[str, Any]) -> dict[str, Any]:
        from altair import SCHEMA_URL

        return {"$schema": SCHEMA_URL, **spec, "datasets": self._sets}
