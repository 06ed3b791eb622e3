select
    schooljaar.schooljaar,
    schooljaar.begin_op,
    schooljaar.eind_op,
    schooljaar.peildatum,
    (select count(*) from {{ ref('int_gemeente_levering') }} as gemeente where gemeente.schooljaar = schooljaar.schooljaar)
        as gemeenten_geleverd,
    (
        select count(distinct bronhouder) from {{ ref('stg_bron__levering') }} as levering
        where levering.schooljaar = schooljaar.schooljaar and levering.contract = 'opp'
    ) as besturen_geleverd,
    schooljaar.alle_gemeenten_geleverd and schooljaar.alle_besturen_geleverd as volledig
from {{ ref('int_schooljaar') }} as schooljaar
