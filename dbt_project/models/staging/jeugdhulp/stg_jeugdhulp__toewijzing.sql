-- One row per delivered toewijzing, as delivered: also those that were never valid or that miss the schooljaar.
select
    levering.levering_key,
    levering.schooljaar,
    levering.leverdatum,
    jeugdhulp.jeugdige_pseudoniem as pseudoniem,
    jeugdhulp.gemeente as gemeente_geleverd,
    jeugdhulp.toewijzing_id,
    jeugdhulp.aanbieder_code,
    jeugdhulp.productcategorie,
    jeugdhulp.productcode,
    jeugdhulp.toegewezen_op,
    jeugdhulp.ingang_op,
    jeugdhulp.eind_op,
    coalesce(jeugdhulp.reden_wijziging, '') = '13' as nooit_geldig,
    jeugdhulp.op_school
from {{ source('bron', 'jeugdhulp') }} as jeugdhulp
inner join {{ ref('stg_bron__levering') }} as levering on levering.levering_key = jeugdhulp.levering_nr
