with

geteld as (
    select
        schooljaar,
        woongemeente,
        count(*) as leerlingen_onderwijs,
        count(*) filter (where jeugdhulp) as gekoppeld
    from {{ ref('fct_leerling_schooljaar') }}
    where onderwijs
    group by schooljaar, woongemeente
)

select
    gebied.schooljaar,
    gebied.gebied as gemeente,
    coalesce(geteld.leerlingen_onderwijs, 0) as leerlingen_onderwijs,
    case when gebied.is_jeugdhulp_geleverd then coalesce(geteld.gekoppeld, 0) end as gekoppeld,
    gebied.is_jeugdhulp_geleverd as volledig
from {{ ref('int_gebied') }} as gebied
left join geteld
    on geteld.schooljaar = gebied.schooljaar
    and geteld.woongemeente = gebied.gebied
where gebied.gebied_soort = 'woongemeente'
