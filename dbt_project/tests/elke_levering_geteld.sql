-- No row is lost or doubled on the way in: what was accepted, what lies there and what is weighed agree.
{{ config(meta={'dagster': {'ref': {'name': 'int_arrangement'}}}) }}
with

aantal as (
    select
        (select count(*) from {{ ref('int_arrangement') }}) as arrangementen,
        (select count(*) from {{ ref('stg_opp__arrangement') }}) as arrangementen_klaar,
        (select coalesce(sum(rijen), 0) from {{ source('bron', 'levering') }} where contract = 'opp') as arrangementen_geleverd,
        (select count(*) from {{ ref('stg_jeugdhulp__toewijzing') }}) as toewijzingen_klaar,
        (select coalesce(sum(rijen), 0) from {{ source('bron', 'levering') }} where contract = 'jeugdhulp') as toewijzingen_geleverd
)

select *
from aantal
where arrangementen <> arrangementen_klaar
    or arrangementen_klaar <> arrangementen_geleverd
    or toewijzingen_klaar <> toewijzingen_geleverd
