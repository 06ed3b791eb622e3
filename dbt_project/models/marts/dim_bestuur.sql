select
    school.bestuur,
    coalesce(max(bron.bestuur_naam), case when school.bestuur = 'onbekend' then 'Onbekend bestuur' else 'Bestuur ' || school.bestuur end) as naam
from {{ ref('dim_school') }} as school
left join {{ ref('stg_bron__vestiging') }} as bron on bron.vestigingscode = school.vestigingscode
group by school.bestuur
