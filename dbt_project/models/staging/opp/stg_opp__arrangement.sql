-- One row per delivered pupil x arrangement. The last model in which the pseudonym itself appears.
select
    levering.levering_key,
    levering.schooljaar,
    opp.leerling_pseudoniem as pseudoniem,
    opp.vestigingscode,
    opp.woongemeente as woongemeente_geleverd,
    opp.arrangement_id,
    opp.ondersteuningsbehoefte,
    opp.ondersteuningsvorm,
    opp.verantwoordelijke,
    opp.financiering,
    opp.status,
    opp.afwijsreden,
    opp.behoefte_vastgesteld_op,
    opp.besluit_op,
    opp.start_op,
    opp.eind_op
from {{ source('bron', 'opp') }} as opp
inner join {{ ref('stg_bron__levering') }} as levering on levering.levering_key = opp.levering_nr
