with

-- exact quantiles of whole days fall on tenths of a day: kept as integers, so that rounding and comparing are exact
kwantiel as (
    select
        {{ gebied_kolommen() }},
        stap,
        count(dagen) as aantal,
        {{ personen('dagen is not null') }} as leerlingen_achter,
        count(*) filter (where is_wachtend) as wachtend,
        {{ personen('is_wachtend') }} as wachtend_leerlingen_achter,
        list_transform(quantile_cont(dagen, [0.5, 0.9]), lambda q: round(q * 10)::bigint) as tienden
    from {{ ref('fct_wachttijd') }}
    {{ per_gebied(vast=['stap']) }}
),

-- the persons on either side of a quantile
zijden as (
    {%- for soort, kolom in gebieden() %}
    select
        kwantiel.schooljaar, kwantiel.gebied_soort, kwantiel.gebied, kwantiel.stap,
        {{ personen('dagen * 10 <= kwantiel.tienden[1]') }} as onder_mediaan,
        {{ personen('dagen * 10 >= kwantiel.tienden[1]') }} as boven_mediaan,
        {{ personen('dagen * 10 <= kwantiel.tienden[2]') }} as onder_p90,
        {{ personen('dagen * 10 >= kwantiel.tienden[2]') }} as boven_p90
    from {{ ref('fct_wachttijd') }} as wachttijd
    inner join kwantiel
        on kwantiel.schooljaar = wachttijd.schooljaar
        and kwantiel.stap = wachttijd.stap
        and kwantiel.gebied_soort = '{{ soort }}'
        and kwantiel.gebied = {{ 'wachttijd.' ~ kolom if soort != 'regio' else kolom }}
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    gebied.schooljaar,
    gebied.gebied_soort,
    gebied.gebied,
    stap.code as stap,
    coalesce(kwantiel.aantal, 0) as aantal,
    (kwantiel.tienden[1] + 5) // 10 as mediaan_dagen,
    (kwantiel.tienden[2] + 5) // 10 as p90_dagen,
    case when stap.code = 'behoefte_besluit' then coalesce(kwantiel.wachtend, 0) end as wachtend,
    gebied.volledig,
    gebied.is_jeugdhulp_geleverd or stap.code <> 'toegewezen_ingang' as te_bepalen,
    coalesce(kwantiel.leerlingen_achter, 0) as leerlingen_achter,
    coalesce(kwantiel.wachtend_leerlingen_achter, 0) as wachtend_leerlingen_achter,
    coalesce(zijden.onder_mediaan, 0) as onder_mediaan,
    coalesce(zijden.boven_mediaan, 0) as boven_mediaan,
    coalesce(zijden.onder_p90, 0) as onder_p90,
    coalesce(zijden.boven_p90, 0) as boven_p90
from {{ ref('int_gebied') }} as gebied
cross join {{ codes('stap', totaal=false) }} as stap
left join kwantiel
    on kwantiel.schooljaar = gebied.schooljaar
    and kwantiel.gebied_soort = gebied.gebied_soort
    and kwantiel.gebied = gebied.gebied
    and kwantiel.stap = stap.code
left join zijden
    on zijden.schooljaar = gebied.schooljaar
    and zijden.gebied_soort = gebied.gebied_soort
    and zijden.gebied = gebied.gebied
    and zijden.stap = stap.code
