-- Every vestiging of a bestuur that occurs in any schooljaar, whether or not one of its pupils is counted.
select
    vestiging.vestigingscode,
    bron.naam,
    bron.soort,
    vestiging.bestuur,
    vestiging.swv,
    vestiging.schoolgemeente as gemeente,
    bron.leerlingen::bigint as leerlingen
from {{ ref('int_vestiging') }} as vestiging
inner join {{ ref('stg_bron__vestiging') }} as bron on bron.vestigingscode = vestiging.vestigingscode
where vestiging.bestuur in (select bestuur from {{ ref('int_school') }})
union all
select 'onbekend', 'Onbekende school', null, 'onbekend', 'onbekend', 'onbekend', null
