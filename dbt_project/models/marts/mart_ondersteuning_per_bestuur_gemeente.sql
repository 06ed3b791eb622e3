with

leerling as (
    select
        schooljaar,
        bestuur,
        woongemeente as gemeente,
        case when categorie in ('grijs_gebied', 'niet_te_bepalen') then categorie else 'overig' end as categorie
    from {{ ref('fct_leerling_schooljaar') }}
    where categorie <> 'geen_ondersteuning'
),

geteld as (
    select
        schooljaar,
        coalesce(bestuur, 'TOTAAL') as bestuur,
        coalesce(gemeente, 'TOTAAL') as gemeente,
        coalesce(categorie, 'TOTAAL') as categorie,
        count(*) as leerlingen
    from leerling
    group by schooljaar, cube (bestuur, gemeente, categorie)
),

bestuur as (
    select distinct schooljaar, bestuur from {{ ref('int_school') }}
    union all
    select schooljaar, 'TOTAAL' from {{ ref('int_schooljaar') }}
),

gemeente as (
    select schooljaar, gebied as gemeente, is_jeugdhulp_geleverd
    from {{ ref('int_gebied') }}
    where gebied_soort in ('woongemeente', 'regio')
)

select
    bestuur.schooljaar,
    bestuur.bestuur,
    gemeente.gemeente,
    code.code as categorie,
    coalesce(geteld.leerlingen, 0) as leerlingen,
    gemeente.is_jeugdhulp_geleverd or code.code <> 'overig' as te_bepalen
from bestuur
inner join gemeente on gemeente.schooljaar = bestuur.schooljaar
cross join {{ codes('categorie_kort') }} as code
left join geteld
    on geteld.schooljaar = bestuur.schooljaar
    and geteld.bestuur = bestuur.bestuur
    and geteld.gemeente = gemeente.gemeente
    and geteld.categorie = code.code
