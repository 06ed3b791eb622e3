with

geteld as (
    select
        schooljaar,
        coalesce(swv, 'TOTAAL') as swv,
        coalesce(bestuur, 'TOTAAL') as bestuur,
        coalesce(vestigingscode, 'TOTAAL') as vestigingscode,
        coalesce(categorie, 'TOTAAL') as categorie,
        count(*) as leerlingen
    from {{ ref('fct_leerling_schooljaar') }}
    where categorie <> 'geen_ondersteuning'
    group by grouping sets (
        (schooljaar, swv, bestuur, vestigingscode, categorie), (schooljaar, swv, bestuur, vestigingscode),
        (schooljaar, swv, bestuur, categorie), (schooljaar, swv, bestuur),
        (schooljaar, swv, categorie), (schooljaar, swv),
        (schooljaar, categorie), (schooljaar)
    )
),

-- the whole, every swv, every bestuur within it and every vestiging within that
lid as (
    select schooljaar, 'TOTAAL' as swv, 'TOTAAL' as bestuur, 'TOTAAL' as vestigingscode, true as is_inschrijving_geleverd
    from {{ ref('int_schooljaar') }}
    union all
    select
        schooljaar,
        swv,
        coalesce(bestuur, 'TOTAAL'),
        coalesce(vestigingscode, 'TOTAAL'),
        swv = 'onbekend' or bool_and(is_inschrijving_geleverd)
    from {{ ref('int_school') }}
    group by grouping sets ((schooljaar, swv), (schooljaar, swv, bestuur), (schooljaar, swv, bestuur, vestigingscode))
)

select
    lid.schooljaar,
    lid.swv,
    lid.bestuur,
    lid.vestigingscode,
    code.code as categorie,
    coalesce(geteld.leerlingen, 0) as leerlingen,
    lid.is_inschrijving_geleverd or code.code <> 'alleen_jeugdhulp' as te_bepalen
from lid
cross join {{ codes('categorie') }} as code
left join geteld
    on geteld.schooljaar = lid.schooljaar
    and geteld.swv = lid.swv
    and geteld.bestuur = lid.bestuur
    and geteld.vestigingscode = lid.vestigingscode
    and geteld.categorie = code.code
