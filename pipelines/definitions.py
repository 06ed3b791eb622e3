"""What Dagster loads: `dagster dev -m pipelines.definitions`. Only wires; see pipelines.orchestration."""

from pipelines.orchestration.defs import build_defs
from pipelines.settings import Settings

defs = build_defs(Settings.load())
