-- One row per person x schooljaar with an opp row: what the rows say together, and the row that decides the place.
with

geordend as (
    select
        *,
        row_number() over (
            partition by persoon_key, schooljaar
            order by
                case when is_actief_op_peildatum then 1 when is_actief then 2 else 3 end,
                case when is_actief then start_op else behoefte_vastgesteld_op end desc nulls last,
                vestigingscode,
                arrangement_id
        ) = 1 as is_bepalend
    from {{ ref('int_arrangement') }}
)

select
    persoon_key,
    schooljaar,
    max(vestigingscode) filter (where is_bepalend) as vestigingscode,
    max(woongemeente) filter (where is_bepalend) as woongemeente,
    bool_or(is_actief) as onderwijs,
    bool_or(is_in_aanvraag) as in_aanvraag,
    bool_or((is_actief or status = 'aangevraagd') and verantwoordelijke = 'in_overleg') as verantwoordelijkheid_in_overleg,
    bool_or(wacht_op_besluit and verantwoordelijke in ('in_overleg', 'onbekend')) as wacht_zonder_verantwoordelijke,
    bool_or(wacht_op_besluit) as wacht_op_besluit,
    bool_or(is_actief and verantwoordelijke = 'onbekend') as verantwoordelijke_onbekend
from geordend
group by persoon_key, schooljaar
