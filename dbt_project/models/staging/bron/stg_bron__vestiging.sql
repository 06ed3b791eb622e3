-- The region's own vestigingen go before those of the reference.
select vestigingscode, naam, soort, bestuur, bestuur_naam, swv, gemeente, leerlingen
from {{ source('bron', 'vestiging') }}
union all
select vestigingscode, naam, soort, bestuur, bestuur_naam, swv, gemeente, leerlingen
from {{ source('referentie', 'ref_vestiging') }}
where vestigingscode not in (select vestigingscode from {{ source('bron', 'vestiging') }})
