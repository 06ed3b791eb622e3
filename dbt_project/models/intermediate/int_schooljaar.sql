-- Every schooljaar with an opp or jeugdhulp delivery, and whether all who take part delivered for it.
with

schooljaar as (
    select distinct schooljaar
    from {{ ref('stg_bron__levering') }}
    where contract in ('opp', 'jeugdhulp')
),

gemeente as (
    select levering.schooljaar, count(*) as aantal
    from {{ ref('int_gemeente_levering') }} as levering
    inner join {{ ref('int_deelnemer') }} as deelnemer on deelnemer.gemeente = levering.gemeente
    group by levering.schooljaar
),

bestuur as (
    select schooljaar, count(distinct bronhouder) as aantal
    from {{ ref('stg_bron__levering') }}
    where contract = 'opp'
    group by schooljaar
)

select
    schooljaar.schooljaar,
    {{ eerste_dag('schooljaar.schooljaar') }} as begin_op,
    {{ laatste_dag('schooljaar.schooljaar') }} as eind_op,
    {{ peildatum('schooljaar.schooljaar') }} as peildatum,
    coalesce(gemeente.aantal, 0)
        = (select count(*) from {{ ref('int_deelnemer') }}) as alle_gemeenten_geleverd,
    coalesce(bestuur.aantal, 0)
        = (select count(distinct bronhouder) from {{ ref('stg_bron__levering') }} where contract = 'opp')
        as alle_besturen_geleverd
from schooljaar
left join gemeente on gemeente.schooljaar = schooljaar.schooljaar
left join bestuur on bestuur.schooljaar = schooljaar.schooljaar
