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
    case when noemer.noemer >= coalesce(geteld.leerlingen, 0)
        then round(100.0 * coalesce(geteld.leerlingen, 0) / noemer.noemer, 1)::double end as aandeel_per_100,
    noemer.noemer,
    noemer.noemer_bron,
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
left join {{ ref('int_noemer_gebied') }} as noemer
    on noemer.schooljaar = gebied.schooljaar
    and noemer.gebied_soort = gebied.gebied_soort
    and noemer.gebied = gebied.gebied
    -- children with jeugdhulp alone stand at a school only through inschrijving, and never all of them in the region
    and (
        gebied.gebied_soort in ('woongemeente', 'jeugdregio')
        or code.code not in ('alleen_jeugdhulp', 'TOTAAL')
        or (gebied.is_inschrijving_geleverd and gebied.gebied_soort <> 'regio')
    )
