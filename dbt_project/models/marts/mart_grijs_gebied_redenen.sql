with

geteld as (
    select
        {{ gebied_kolommen() }}
        {%- for reden in redenen() %},
        count(*) filter (where {{ reden }}) as {{ reden }}
        {%- endfor %}
    from {{ ref('fct_leerling_schooljaar') }}
    where categorie <> 'geen_ondersteuning'
    {{ per_gebied() }}
),

per_reden as (
    unpivot geteld on {{ redenen() | join(', ') }} into name reden value leerlingen
)

select
    gebied.schooljaar,
    gebied.gebied_soort,
    gebied.gebied,
    regel.reden,
    regel.soort,
    coalesce(per_reden.leerlingen, 0) as leerlingen,
    gebied.volledig,
    gebied.is_jeugdhulp_geleverd or regel.reden not in ('dubbel_aanbod', 'afgewezen_andere_wet') as te_bepalen
from {{ ref('int_gebied') }} as gebied
cross join {{ source('referentie', 'grijs_gebied_regels') }} as regel
left join per_reden
    on per_reden.schooljaar = gebied.schooljaar
    and per_reden.gebied_soort = gebied.gebied_soort
    and per_reden.gebied = gebied.gebied
    and per_reden.reden = regel.reden
where regel.aan = 'ja'
