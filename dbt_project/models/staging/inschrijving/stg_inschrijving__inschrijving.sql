-- One row per delivered enrolment.
select
    levering.schooljaar,
    inschrijving.leerling_pseudoniem as pseudoniem,
    inschrijving.vestigingscode
from {{ source('bron', 'inschrijving') }} as inschrijving
inner join {{ ref('stg_bron__levering') }} as levering on levering.levering_key = inschrijving.levering_nr
