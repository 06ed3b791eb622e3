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
),

noemer as (
    select
        schooljaar, coalesce(swv, 'TOTAAL') as swv, coalesce(bestuur, 'TOTAAL') as bestuur,
        coalesce(vestigingscode, 'TOTAAL') as vestigingscode,
        {{ som_leerlingen() }}
    from {{ ref('int_noemer_vestiging') }}
    group by grouping sets (
        (schooljaar), (schooljaar, swv), (schooljaar, swv, bestuur), (schooljaar, swv, bestuur, vestigingscode)
    )
),

-- joined on equal columns only, which is a hash join; what a denominator may stand beside is said after it
regel as (
    select
        lid.schooljaar,
        lid.swv,
        lid.bestuur,
        lid.vestigingscode,
        code.code as categorie,
        coalesce(geteld.leerlingen, 0) as leerlingen,
        lid.is_inschrijving_geleverd,
        noemer.aantal,
        noemer.bron,
        lid.swv <> 'onbekend'
            -- children with jeugdhulp alone stand at a school only through inschrijving, and never all of them in the
            -- region
            and (
                code.code not in ('alleen_jeugdhulp', 'TOTAAL')
                or (lid.is_inschrijving_geleverd and lid.swv <> 'TOTAAL')
            ) as heeft_noemer
    from lid
    cross join {{ codes('categorie') }} as code
    left join geteld
        on geteld.schooljaar = lid.schooljaar
        and geteld.swv = lid.swv
        and geteld.bestuur = lid.bestuur
        and geteld.vestigingscode = lid.vestigingscode
        and geteld.categorie = code.code
    left join noemer
        on noemer.schooljaar = lid.schooljaar
        and noemer.swv = lid.swv
        and noemer.bestuur = lid.bestuur
        and noemer.vestigingscode = lid.vestigingscode
)

select
    schooljaar,
    swv,
    bestuur,
    vestigingscode,
    categorie,
    leerlingen,
    case when heeft_noemer and aantal >= leerlingen then round(100.0 * leerlingen / aantal, 1)::double end
        as aandeel_per_100,
    case when heeft_noemer then aantal end as noemer,
    case when heeft_noemer and aantal is not null then bron end as noemer_bron,
    is_inschrijving_geleverd or categorie <> 'alleen_jeugdhulp' as te_bepalen
from regel
