-- The members of gebied in a schooljaar: every gemeente, jeugdregio and swv that occurs in it, and the regio.
with

woonplaats as (
    select schooljaar, woongemeente, jeugdregio from {{ ref('int_arrangement') }}
    union
    select schooljaar, woongemeente, jeugdregio from {{ ref('fct_leerling_schooljaar') }}
    union
    select schooljaar, gemeente, jeugdregio from {{ ref('int_toewijzing') }}
),

lid as (
    select
        woonplaats.schooljaar, 'woongemeente' as gebied_soort, woonplaats.woongemeente as gebied,
        levering.gemeente is not null as is_jeugdhulp_geleverd, true as is_inschrijving_geleverd
    from woonplaats
    left join {{ ref('int_gemeente_levering') }} as levering
        on levering.schooljaar = woonplaats.schooljaar and levering.gemeente = woonplaats.woongemeente
    union
    select schooljaar, 'jeugdregio', jeugdregio, true, true from woonplaats
    union all
    select schooljaar, 'schoolgemeente', schoolgemeente, true, schoolgemeente = 'onbekend' or bool_and(is_inschrijving_geleverd)
    from {{ ref('int_school') }}
    group by schooljaar, schoolgemeente
    union all
    select schooljaar, 'swv', swv, true, swv = 'onbekend' or bool_and(is_inschrijving_geleverd)
    from {{ ref('int_school') }}
    group by schooljaar, swv
    union all
    select schooljaar, 'regio', 'TOTAAL', true, true
    from {{ ref('int_schooljaar') }}
)

select
    lid.schooljaar,
    lid.gebied_soort,
    lid.gebied,
    lid.is_jeugdhulp_geleverd,
    lid.is_inschrijving_geleverd,
    schooljaar.alle_besturen_geleverd
        and case when lid.gebied_soort = 'woongemeente' then lid.is_jeugdhulp_geleverd else schooljaar.alle_gemeenten_geleverd end
        as volledig
from lid
inner join {{ ref('int_schooljaar') }} as schooljaar on schooljaar.schooljaar = lid.schooljaar
