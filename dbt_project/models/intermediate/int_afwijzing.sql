-- Persons who were sent on to the other law and whom that law did not help within the term.
with

afwijzing as (
    select
        arrangement.persoon_key,
        arrangement.schooljaar,
        arrangement.woongemeente,
        arrangement.besluit_op,
        arrangement.besluit_op + regel.afwijzing_norm as termijn_op
    from {{ ref('int_arrangement') }} as arrangement
    cross join {{ ref('int_regel') }} as regel
    where arrangement.status = 'afgewezen'
        and arrangement.afwijsreden = 'andere_wet'
        and arrangement.is_besluit_in_schooljaar
),

-- It is too early, or impossible, to say unless the gemeente delivered for every schooljaar the term touches
-- and delivered something after the term had ended.
te_zeggen as (
    select afwijzing.persoon_key, afwijzing.schooljaar, afwijzing.besluit_op, afwijzing.termijn_op
    from afwijzing
    inner join {{ ref('int_gemeente_levering') }} as levering
        on levering.gemeente = afwijzing.woongemeente
        and levering.jaar between {{ schooljaar_van('afwijzing.besluit_op') }} and {{ schooljaar_van('afwijzing.termijn_op') }}
        and levering.nieuwste_leverdatum >= afwijzing.termijn_op
    group by all
    having count(distinct levering.jaar)
        = {{ schooljaar_van('afwijzing.termijn_op') }} - {{ schooljaar_van('afwijzing.besluit_op') }} + 1
)

select distinct te_zeggen.persoon_key, te_zeggen.schooljaar
from te_zeggen
anti join {{ ref('int_toewijzing_versie') }} as toewijzing
    on toewijzing.persoon_key = te_zeggen.persoon_key
    and {{ overlapt('toewijzing.ingang_op', 'toewijzing.eind_op', 'te_zeggen.besluit_op', 'te_zeggen.termijn_op') }}
