-- The full crossing, for the analyst: never published.
select schooljaar, swv, bestuur, vestigingscode, woongemeente as gemeente, categorie, count(*) as leerlingen
from {{ ref('fct_leerling_schooljaar') }}
where categorie <> 'geen_ondersteuning'
group by all
