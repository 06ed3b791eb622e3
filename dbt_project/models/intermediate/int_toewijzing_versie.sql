-- Over all deliveries: the newest version of every toewijzing. One that was never valid does not exist.
with

versie as (
    select
        arg_max(
            {'pseudoniem': pseudoniem, 'ingang_op': ingang_op, 'eind_op': eind_op, 'nooit_geldig': nooit_geldig},
            {'leverdatum': leverdatum, 'schooljaar': schooljaar, 'levering_key': levering_key}
        ) as nieuwste
    from {{ ref('stg_jeugdhulp__toewijzing') }}
    group by gemeente_geleverd, toewijzing_id
)

select
    persoon.persoon_key,
    versie.nieuwste.ingang_op,
    versie.nieuwste.eind_op
from versie
inner join {{ ref('int_persoon') }} as persoon on persoon.pseudoniem = versie.nieuwste.pseudoniem
where not versie.nieuwste.nooit_geldig
