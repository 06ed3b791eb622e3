-- Everyone with an opp row or jeugdhulp in a schooljaar stands in the fact table once, and no one else does.
{{ config(meta={'dagster': {'ref': {'name': 'fct_leerling_schooljaar'}}}) }}
with

verwacht as (
    select persoon_key, schooljaar from {{ ref('int_arrangement') }}
    union
    select persoon_key, schooljaar from {{ ref('int_toewijzing') }}
)

select persoon_key, schooljaar
from verwacht
full join {{ ref('fct_leerling_schooljaar') }} as feit using (persoon_key, schooljaar)
group by persoon_key, schooljaar
having count(*) <> 1 or count(feit.categorie) <> 1
union all
-- same number on both sides: nothing stands there for nobody
select null, null
where (select count(*) from verwacht) <> (select count(*) from {{ ref('fct_leerling_schooljaar') }})
