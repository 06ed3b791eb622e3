-- One row per person x schooljaar: reasons, categorie and the one place where the person counts.
with

leerling as (
    select
        coalesce(opp.persoon_key, jeugdhulp.persoon_key) as persoon_key,
        coalesce(opp.schooljaar, jeugdhulp.schooljaar) as schooljaar,
        opp.persoon_key is not null as heeft_opp,
        coalesce(opp.onderwijs, false) as onderwijs,
        jeugdhulp.persoon_key is not null as jeugdhulp,
        coalesce(opp.in_aanvraag, false) as in_aanvraag,
        coalesce(opp.woongemeente, jeugdhulp.woongemeente) as woongemeente,
        opp.vestigingscode as opp_vestigingscode,
        coalesce(jeugdhulp.vestigingscode, 'onbekend') as ingeschreven_vestigingscode,
        coalesce(opp.verantwoordelijkheid_in_overleg, false) as verantwoordelijkheid_in_overleg,
        coalesce(opp.wacht_zonder_verantwoordelijke, false) as wacht_zonder_verantwoordelijke,
        afwijzing.persoon_key is not null as afgewezen_andere_wet,
        coalesce(opp.wacht_op_besluit, false) as wacht_op_besluit,
        coalesce(opp.verantwoordelijke_onbekend, false) as verantwoordelijke_onbekend,
        dubbel.persoon_key is not null as dubbel_aanbod
    from {{ ref('int_opp_leerling') }} as opp
    full join {{ ref('int_jeugdhulp_leerling') }} as jeugdhulp
        on jeugdhulp.persoon_key = opp.persoon_key and jeugdhulp.schooljaar = opp.schooljaar
    left join {{ ref('int_afwijzing') }} as afwijzing
        on afwijzing.persoon_key = opp.persoon_key and afwijzing.schooljaar = opp.schooljaar
    left join {{ ref('int_dubbel_aanbod') }} as dubbel
        on dubbel.persoon_key = opp.persoon_key and dubbel.schooljaar = opp.schooljaar
),

ingedeeld as (
    select
        leerling.* exclude ({{ redenen() | join(', ') }}),
        {%- for reden in redenen() %}
        leerling.{{ reden }} and regel.{{ reden }}_aan as {{ reden }},
        {%- endfor %}
        case
            when {% for reden in redenen() %}(leerling.{{ reden }} and regel.{{ reden }}_kern){{ ' or ' if not loop.last }}{% endfor %}
                then 'grijs_gebied'
            when levering.gemeente is null then 'niet_te_bepalen'
            when leerling.onderwijs and leerling.jeugdhulp then 'samenloop'
            when leerling.onderwijs then 'alleen_onderwijs'
            when leerling.jeugdhulp then 'alleen_jeugdhulp'
            when leerling.in_aanvraag then 'in_aanvraag'
            else 'geen_ondersteuning'
        end as categorie
    from leerling
    cross join {{ ref('int_regel') }} as regel
    left join {{ ref('int_gemeente_levering') }} as levering
        on levering.gemeente = leerling.woongemeente and levering.schooljaar = leerling.schooljaar
),

geplaatst as (
    select
        *,
        case
            when heeft_opp and categorie <> 'alleen_jeugdhulp' then opp_vestigingscode
            else ingeschreven_vestigingscode
        end as vestigingscode
    from ingedeeld
)

select
    geplaatst.persoon_key,
    geplaatst.schooljaar,
    geplaatst.categorie,
    geplaatst.vestigingscode,
    coalesce(vestiging.bestuur, 'onbekend') as bestuur,
    coalesce(vestiging.swv, 'onbekend') as swv,
    coalesce(vestiging.schoolgemeente, 'onbekend') as schoolgemeente,
    geplaatst.woongemeente,
    coalesce(gemeente.jeugdregio, 'onbekend') as jeugdregio,
    geplaatst.onderwijs,
    geplaatst.jeugdhulp
    {%- for reden in redenen() %},
    geplaatst.{{ reden }}
    {%- endfor %}
from geplaatst
left join {{ ref('int_vestiging') }} as vestiging on vestiging.vestigingscode = geplaatst.vestigingscode
left join {{ ref('int_gemeente') }} as gemeente on gemeente.code = geplaatst.woongemeente
