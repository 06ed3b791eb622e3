-- One row per opp row, with its own areas and what it says about its schooljaar.
with

gewogen as (
    select
        arrangement.*,
        persoon.persoon_key,
        coalesce(gemeente.gemeente, arrangement.woongemeente_geleverd) as woongemeente,
        coalesce(gemeente.jeugdregio, 'onbekend') as jeugdregio,
        coalesce(vestiging.bestuur, 'onbekend') as bestuur,
        coalesce(vestiging.swv, 'onbekend') as swv,
        coalesce(vestiging.schoolgemeente, 'onbekend') as schoolgemeente,
        levering.begin_op,
        levering.eind_op as schooljaar_eind_op,
        levering.peilmoment,
        least(arrangement.besluit_op, levering.peilmoment) as gewacht_tot,  -- least() passes over an empty besluit
        coalesce(
            arrangement.status in ('toegekend', 'beeindigd')
            and {{ overlapt('arrangement.start_op', 'arrangement.eind_op', 'levering.begin_op', 'levering.eind_op') }},
            false
        ) as is_actief
    from {{ ref('stg_opp__arrangement') }} as arrangement
    inner join {{ ref('int_persoon') }} as persoon on persoon.pseudoniem = arrangement.pseudoniem
    inner join {{ ref('stg_bron__levering') }} as levering on levering.levering_key = arrangement.levering_key
    left join {{ ref('int_gemeente') }} as gemeente on gemeente.code = arrangement.woongemeente_geleverd
    left join {{ ref('int_vestiging') }} as vestiging on vestiging.vestigingscode = arrangement.vestigingscode
)

select
    gewogen.persoon_key,
    gewogen.schooljaar,
    gewogen.vestigingscode,
    gewogen.bestuur,
    gewogen.swv,
    gewogen.schoolgemeente,
    gewogen.woongemeente,
    gewogen.jeugdregio,
    gewogen.arrangement_id,
    gewogen.ondersteuningsbehoefte,
    gewogen.ondersteuningsvorm,
    gewogen.verantwoordelijke,
    gewogen.financiering,
    gewogen.status,
    gewogen.afwijsreden,
    gewogen.behoefte_vastgesteld_op,
    gewogen.besluit_op,
    gewogen.start_op,
    gewogen.eind_op,
    gewogen.is_actief,
    gewogen.is_actief
        and {{ peildatum('gewogen.schooljaar') }} between gewogen.start_op
        and coalesce(gewogen.eind_op, date '9999-12-31') as is_actief_op_peildatum,
    gewogen.status = 'aangevraagd'
        or coalesce(gewogen.status = 'toegekend' and gewogen.start_op > gewogen.schooljaar_eind_op, false)
        as is_in_aanvraag,
    coalesce(
        gewogen.gewacht_tot - gewogen.behoefte_vastgesteld_op > regel.wacht_norm
        and {{ overlapt('gewogen.behoefte_vastgesteld_op', 'gewogen.gewacht_tot', 'gewogen.begin_op', 'gewogen.schooljaar_eind_op') }},
        false
    ) as wacht_op_besluit,
    coalesce(gewogen.besluit_op between gewogen.begin_op and gewogen.schooljaar_eind_op, false) as is_besluit_in_schooljaar,
    coalesce(gewogen.start_op between gewogen.begin_op and gewogen.schooljaar_eind_op, false) as is_start_in_schooljaar,
    coalesce(gewogen.behoefte_vastgesteld_op <= gewogen.peilmoment, false)
        and coalesce(gewogen.besluit_op > gewogen.peilmoment, true) as is_wachtend
from gewogen
cross join {{ ref('int_regel') }} as regel
