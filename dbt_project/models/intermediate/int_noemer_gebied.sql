-- The denominator of a gebied: residents under 18 where its children live, pupils where they go to school. A sum of
-- which one part is not known does not exist.
with

jeugd as (
    select
        telling.schooljaar, plaats.gemeente, plaats.jeugdregio,
        case when count(telling.aantal) = count(*) then sum(telling.aantal) end::bigint as aantal,
        min(telling.bron) as bron
    from {{ source('referentie', 'ref_noemer_jeugd') }} as telling
    inner join {{ ref('int_gemeente') }} as plaats on plaats.code = telling.code
    group by telling.schooljaar, plaats.gemeente, plaats.jeugdregio
),

-- only gemeenten of which the jeugdhulp is known
woonplaats as (
    select jeugd.*, levering.gemeente is not null as is_geleverd
    from jeugd
    left join {{ ref('int_gemeente_levering') }} as levering
        on levering.schooljaar = jeugd.schooljaar and levering.gemeente = jeugd.gemeente
),

noemer as (
    select schooljaar, 'woongemeente' as gebied_soort, gemeente as gebied, aantal, bron
    from woonplaats
    where is_geleverd
    union all
    select schooljaar, 'jeugdregio', jeugdregio, case when count(aantal) = count(*) then sum(aantal) end::bigint, min(bron)
    from woonplaats
    where jeugdregio <> 'onbekend'
    group by schooljaar, jeugdregio
    having bool_and(is_geleverd)
    union all
    select
        schooljaar,
        case when swv is not null then 'swv' when schoolgemeente is not null then 'schoolgemeente' else 'regio' end,
        coalesce(swv, schoolgemeente, 'TOTAAL'),
        {{ som_leerlingen() }}
    from {{ ref('int_noemer_vestiging') }}
    group by grouping sets ((schooljaar, swv), (schooljaar, schoolgemeente), (schooljaar))
)

select schooljaar, gebied_soort, gebied, aantal as noemer, bron as noemer_bron
from noemer
where aantal > 0 and gebied <> 'onbekend'
