with

geteld as (
    select {{ gebied_kolommen() }}, coalesce(categorie, 'TOTAAL') as categorie, count(*) as leerlingen
    from {{ ref('fct_leerling_schooljaar') }}
    where categorie <> 'geen_ondersteuning'
    {{ per_gebied(kubus=['categorie']) }}
)

select
    gebied.schooljaar,
    gebied.gebied_soort,
    gebied.gebied,
    code.code as categorie,
    coalesce(geteld.leerlingen, 0) as leerlingen,
    gebied.volledig,
    (gebied.is_jeugdhulp_geleverd or code.code in ('grijs_gebied', 'niet_te_bepalen', 'TOTAAL'))
        and (gebied.is_inschrijving_geleverd or code.code <> 'alleen_jeugdhulp') as te_bepalen
from {{ ref('int_gebied') }} as gebied
cross join {{ codes('categorie') }} as code
left join geteld
    on geteld.schooljaar = gebied.schooljaar
    and geteld.gebied_soort = gebied.gebied_soort
    and geteld.gebied = gebied.gebied
    and geteld.categorie = code.code
