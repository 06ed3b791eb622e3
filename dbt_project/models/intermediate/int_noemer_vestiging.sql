-- Pupils enrolled at every vestiging of a bestuur that delivered for the schooljaar: the schools that the figures
-- can be about. The region's own number goes before DUO's count of 1 October.
with

bestuur as (
    select distinct schooljaar, bronhouder
    from {{ ref('stg_bron__levering') }}
    where contract in ('opp', 'inschrijving')
),

eigen as (
    select vestigingscode, leerlingen
    from {{ source('bron', 'vestiging') }}
    where leerlingen is not null
),

-- DUO leaves out nobody but the vestigingen without pupils, and VO as a whole
dekking as (
    select distinct schooljaar from {{ source('referentie', 'ref_noemer_leerling') }} where bron = 'duo_po'
)

select
    bestuur.schooljaar,
    plaats.swv,
    plaats.bestuur,
    plaats.vestigingscode,
    plaats.schoolgemeente,
    case
        when eigen.leerlingen is not null then eigen.leerlingen
        when duo.code is not null then duo.aantal
        when dekking.schooljaar is not null and vestiging.soort in ('BO', 'SBO', 'SO', 'VSO') then 0
    end as leerlingen,
    eigen.leerlingen is null and duo.code is not null and duo.aantal is null as is_onder_vijf,
    case when eigen.leerlingen is not null then 'regio' else duo.bron end as bron
from bestuur
inner join {{ ref('int_vestiging') }} as plaats on plaats.bestuur = bestuur.bronhouder
inner join {{ ref('stg_bron__vestiging') }} as vestiging on vestiging.vestigingscode = plaats.vestigingscode
left join eigen on eigen.vestigingscode = plaats.vestigingscode
left join {{ source('referentie', 'ref_noemer_leerling') }} as duo
    on duo.schooljaar = bestuur.schooljaar and duo.code = plaats.vestigingscode
left join dekking on dekking.schooljaar = bestuur.schooljaar
