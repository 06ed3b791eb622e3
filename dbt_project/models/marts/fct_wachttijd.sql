-- One row per waiting or finished step, with the areas in which it counts. `dagen` is empty while someone waits.
with

stap as (
    select
        'behoefte_besluit' as stap, persoon_key, schooljaar, woongemeente, jeugdregio, schoolgemeente, swv,
        case when is_besluit_in_schooljaar then greatest(besluit_op - behoefte_vastgesteld_op, 0) end as dagen,
        is_wachtend
    from {{ ref('int_arrangement') }}
    where is_besluit_in_schooljaar or is_wachtend
    union all
    select
        'besluit_start', persoon_key, schooljaar, woongemeente, jeugdregio, schoolgemeente, swv,
        greatest(start_op - besluit_op, 0), false
    from {{ ref('int_arrangement') }}
    where is_actief and is_start_in_schooljaar
    union all
    -- jeugdhulp counts at the gemeente that pays, and at the school where the person stands
    select
        'toegewezen_ingang', toewijzing.persoon_key, toewijzing.schooljaar, toewijzing.gemeente, toewijzing.jeugdregio,
        leerling.schoolgemeente, leerling.swv,
        greatest(toewijzing.ingang_op - toewijzing.toegewezen_op, 0), false
    from {{ ref('int_toewijzing') }} as toewijzing
    inner join {{ ref('fct_leerling_schooljaar') }} as leerling
        on leerling.persoon_key = toewijzing.persoon_key and leerling.schooljaar = toewijzing.schooljaar
    where toewijzing.is_ingang_in_schooljaar and not toewijzing.is_voortzetting
)

select
    stap.*,
    count(*) over (partition by persoon_key, schooljaar, stap) = 1 as is_enige
from stap
