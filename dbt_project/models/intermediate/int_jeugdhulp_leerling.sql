-- One row per person x schooljaar with jeugdhulp: the gemeente of the latest ingang, and the lowest school enrolled at.
with

jeugdige as (
    select persoon_key, schooljaar, gemeente as woongemeente
    from {{ ref('int_toewijzing') }}
    qualify row_number() over (partition by persoon_key, schooljaar order by ingang_op desc, gemeente) = 1
),

ingeschreven as (
    select
        persoon.persoon_key,
        inschrijving.schooljaar,
        min(inschrijving.vestigingscode) as vestigingscode
    from {{ ref('stg_inschrijving__inschrijving') }} as inschrijving
    inner join {{ ref('int_persoon') }} as persoon on persoon.pseudoniem = inschrijving.pseudoniem
    inner join jeugdige
        on jeugdige.persoon_key = persoon.persoon_key
        and jeugdige.schooljaar = inschrijving.schooljaar
    group by persoon.persoon_key, inschrijving.schooljaar
)

select
    jeugdige.persoon_key,
    jeugdige.schooljaar,
    jeugdige.woongemeente,
    coalesce(ingeschreven.vestigingscode, 'onbekend') as vestigingscode
from jeugdige
left join ingeschreven
    on ingeschreven.persoon_key = jeugdige.persoon_key
    and ingeschreven.schooljaar = jeugdige.schooljaar
