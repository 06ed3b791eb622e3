-- Where a vestiging belongs: bestuur, swv and the gemeente (as mapped) in which it stands.
select
    vestiging.vestigingscode,
    vestiging.bestuur,
    coalesce(vestiging.swv, 'onbekend') as swv,
    coalesce(gemeente.gemeente, vestiging.gemeente, 'onbekend') as schoolgemeente
from {{ ref('stg_bron__vestiging') }} as vestiging
left join {{ ref('int_gemeente') }} as gemeente on gemeente.code = vestiging.gemeente
union all
select 'onbekend', 'onbekend', 'onbekend', 'onbekend'
