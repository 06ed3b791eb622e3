-- One row per toewijzing of the deliveries for a schooljaar that was ever valid and overlaps that schooljaar.
select
    persoon.persoon_key,
    toewijzing.schooljaar,
    coalesce(gemeente.gemeente, toewijzing.gemeente_geleverd) as gemeente,
    coalesce(gemeente.jeugdregio, 'onbekend') as jeugdregio,
    toewijzing.aanbieder_code,
    toewijzing.productcategorie,
    toewijzing.op_school = 'ja' or coalesce(product.hulpvorm = '04', false) as is_op_school,
    toewijzing.toegewezen_op,
    toewijzing.ingang_op,
    toewijzing.eind_op,
    toewijzing.ingang_op between levering.begin_op and levering.eind_op as is_ingang_in_schooljaar,
    herindeling.datum is not null as is_voortzetting
from {{ ref('stg_jeugdhulp__toewijzing') }} as toewijzing
inner join {{ ref('int_persoon') }} as persoon on persoon.pseudoniem = toewijzing.pseudoniem
inner join {{ ref('stg_bron__levering') }} as levering on levering.levering_key = toewijzing.levering_key
left join {{ ref('int_gemeente') }} as gemeente on gemeente.code = toewijzing.gemeente_geleverd
left join {{ source('referentie', 'ref_ijw_product') }} as product on product.productcode = toewijzing.productcode
left join {{ ref('int_herindeling_dag') }} as herindeling
    on herindeling.gemeente = gemeente.gemeente and herindeling.datum = toewijzing.ingang_op
where not toewijzing.nooit_geldig
    and {{ overlapt('toewijzing.ingang_op', 'toewijzing.eind_op', 'levering.begin_op', 'levering.eind_op') }}
