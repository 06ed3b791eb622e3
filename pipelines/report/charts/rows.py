"""Rows of a chart by name: Altair copies inline data with every layer, so the layers only name them."""

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

    def finish(self, chart: Any) -> dict[str, Any]:
        """The Vega-Lite specification with the rows in it."""
        return {**chart.to_dict(validate=False), "datasets": self._sets}

    def side(self, direction: str, panels: list[Any], spacing: int) -> dict[str, Any]:
        """Panels put together as a specification; Altair's own concat copies every panel several times."""
        specs = [panel.to_dict(validate=False) for panel in panels]
        schema = specs[0]["$schema"]
        for panel in specs:
            panel.pop("$schema")
            panel.pop("config", None)
        return {"$schema": schema, direction: specs, "spacing": spacing, "datasets": self._sets}
