with

geteld as (
    select
        leerling.schooljaar,
        leerling.vestigingscode,
        count(distinct toewijzing.aanbieder_code) as aanbieders,
        count(distinct leerling.persoon_key) as leerlingen_achter
    from {{ ref('fct_leerling_schooljaar') }} as leerling
    inner join {{ ref('int_toewijzing') }} as toewijzing
        on toewijzing.persoon_key = leerling.persoon_key
        and toewijzing.schooljaar = leerling.schooljaar
    where leerling.vestigingscode <> 'onbekend'
    group by leerling.schooljaar, leerling.vestigingscode
)

select
    school.schooljaar,
    school.vestigingscode,
    coalesce(geteld.aanbieders, 0) as aanbieders,
    coalesce(geteld.leerlingen_achter, 0) as leerlingen_achter
from {{ ref('int_school') }} as school
left join geteld
    on geteld.schooljaar = school.schooljaar
    and geteld.vestigingscode = school.vestigingscode
where school.vestigingscode <> 'onbekend'
