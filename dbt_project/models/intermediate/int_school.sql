-- Every vestiging that occurs in a schooljaar, and whether its bestuur delivered inschrijving for it.
with

genoemd as (
    select schooljaar, vestigingscode from {{ ref('int_arrangement') }}
    union
    select schooljaar, vestigingscode from {{ ref('fct_leerling_schooljaar') }}
),

ingeschreven as (
    select distinct schooljaar, bronhouder
    from {{ ref('stg_bron__levering') }}
    where contract = 'inschrijving'
)

select
    genoemd.schooljaar,
    coalesce(vestiging.swv, 'onbekend') as swv,
    coalesce(vestiging.bestuur, 'onbekend') as bestuur,
    genoemd.vestigingscode,
    coalesce(vestiging.schoolgemeente, 'onbekend') as schoolgemeente,
    genoemd.vestigingscode = 'onbekend' or ingeschreven.bronhouder is not null as is_inschrijving_geleverd
from genoemd
left join {{ ref('int_vestiging') }} as vestiging on vestiging.vestigingscode = genoemd.vestigingscode
left join ingeschreven
    on ingeschreven.schooljaar = genoemd.schooljaar and ingeschreven.bronhouder = vestiging.bestuur
