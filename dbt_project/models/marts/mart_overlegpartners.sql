with

partij as (
    select
        schooljaar,
        case gebied_soort when 'woongemeente' then 'gemeente' else gebied_soort end as partij_soort,
        gebied as partij
    from {{ ref('int_gebied') }}
    where gebied_soort in ('woongemeente', 'swv')
    union all
    select distinct schooljaar, 'bestuur', bestuur from {{ ref('int_school') }}
    union all
    select schooljaar, 'school', vestigingscode from {{ ref('int_school') }}
),

geteld as (
    select
        schooljaar,
        case
            when vestigingscode is not null then 'school'
            when bestuur is not null then 'bestuur'
            when swv is not null then 'swv'
            else 'gemeente'
        end as partij_soort,
        coalesce(vestigingscode, bestuur, swv, woongemeente) as partij,
        count(distinct woongemeente_partij) as gemeenten,
        count(distinct swv_partij) as swv,
        count(distinct bestuur_partij) as besturen,
        count(*) as leerlingen_achter
    from (
        select
            schooljaar, vestigingscode, bestuur, swv, woongemeente,
            case when woongemeente not in ('onbekend', 'buitenland') then woongemeente end as woongemeente_partij,
            nullif(swv, 'onbekend') as swv_partij,
            nullif(bestuur, 'onbekend') as bestuur_partij
        from {{ ref('fct_leerling_schooljaar') }}
        where onderwijs
    )
    group by grouping sets (
        (schooljaar, vestigingscode), (schooljaar, bestuur), (schooljaar, swv), (schooljaar, woongemeente)
    )
)

select
    partij.schooljaar,
    partij.partij_soort,
    partij.partij,
    case when partij.partij_soort <> 'gemeente' then coalesce(geteld.gemeenten, 0) end as gemeenten,
    case when partij.partij_soort = 'gemeente' then coalesce(geteld.swv, 0) end as swv,
    case when partij.partij_soort = 'gemeente' then coalesce(geteld.besturen, 0) end as besturen,
    coalesce(geteld.leerlingen_achter, 0) as leerlingen_achter
from partij
left join geteld
    on geteld.schooljaar = partij.schooljaar
    and geteld.partij_soort = partij.partij_soort
    and geteld.partij = partij.partij
where partij.partij not in ('onbekend', 'buitenland')
