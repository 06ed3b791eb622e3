"""Dagster above the rooms: assets, checks, jobs, schedule and sensor, and the run that `oa run` starts.

Lives here: order, lineage and what Dagster shows (counts only). Not here: any rule; an asset calls one stage
of `stages.py`, which calls the rooms and knows nothing of Dagster.
"""
