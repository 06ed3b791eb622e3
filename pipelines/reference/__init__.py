"""Public reference data: vestigingen, pupil counts, gemeenten, residents under 18 and use of jeugdhulp.

Lives here: fetching what DUO and CBS publish, holding it against the published layout, and replacing the
tables in `referentie/` as a whole. Not here: the region's own files there, the seeds that come along, and
what the figures mean (dbt_project). Nothing in this room is about a child.
"""

from pipelines.reference.tables import fetched_files, reference_file
from pipelines.reference.update import Bijgewerkt, update

__all__ = ["Bijgewerkt", "fetched_files", "reference_file", "update"]
