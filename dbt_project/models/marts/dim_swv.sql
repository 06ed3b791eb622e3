select
    lid.swv,
    coalesce(swv.sector, case when lid.swv = 'onbekend' then 'onbekend' else left(lid.swv, 2) end) as sector,
    coalesce(swv.naam, case when lid.swv = 'onbekend' then 'Onbekend samenwerkingsverband' else lid.swv end) as naam
from (select swv from {{ ref('dim_school') }} union select swv from {{ ref('int_school') }}) as lid
left join {{ source('referentie', 'ref_swv') }} as swv on swv.swv = lid.swv
