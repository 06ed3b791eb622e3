{{ config(materialized='table') }}
-- One row per active delivery, with the bounds of its schooljaar and the moment up to which it can be believed.
select
    levering_nr as levering_key,
    contract,
    bronhouder,
    schooljaar,
    {{ eerste_dag('schooljaar') }} as begin_op,
    {{ laatste_dag('schooljaar') }} as eind_op,
    leverdatum,
    least(leverdatum, {{ laatste_dag('schooljaar') }}) as peilmoment
from {{ source('bron', 'levering') }}
