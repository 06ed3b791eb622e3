-- Every gemeente of the newest indeling that occurs: as woongemeente, as place of a school or as deliverer.
with

lid as (
    select gebied as gemeente from {{ ref('int_gebied') }} where gebied_soort in ('woongemeente', 'schoolgemeente')
    union
    select gemeente from {{ ref('dim_school') }}
    union
    select gemeente from {{ ref('int_gemeente_levering') }}
)

select
    lid.gemeente,
    coalesce(
        gemeente.naam,
        case lid.gemeente when 'buitenland' then 'Buitenland' when 'onbekend' then 'Onbekend' else lid.gemeente end
    ) as naam,
    gemeente.provincie,
    coalesce(kaart.jeugdregio, 'onbekend') as jeugdregio
from lid
left join {{ source('referentie', 'ref_gemeente') }} as gemeente on gemeente.gemeente = lid.gemeente
left join {{ ref('int_gemeente') }} as kaart on kaart.code = lid.gemeente
