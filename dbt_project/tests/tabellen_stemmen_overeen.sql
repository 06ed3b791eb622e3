-- The same persons, counted along three roads, come to the same number.
{{ config(meta={'dagster': {'ref': {'name': 'mart_ondersteuning_per_school'}}}) }}
with

per_gebied as (
    select schooljaar, leerlingen from {{ ref('mart_ondersteuning_per_gebied') }}
    where gebied_soort = 'regio' and categorie = 'TOTAAL'
),

per_school as (
    select schooljaar, leerlingen from {{ ref('mart_ondersteuning_per_school') }}
    where swv = 'TOTAAL' and categorie = 'TOTAAL'
),

per_bestuur as (
    select schooljaar, leerlingen from {{ ref('mart_ondersteuning_per_bestuur_gemeente') }}
    where bestuur = 'TOTAAL' and gemeente = 'TOTAAL' and categorie = 'TOTAAL'
)

select schooljaar
from {{ ref('int_schooljaar') }}
left join per_gebied using (schooljaar)
left join per_school using (schooljaar)
left join per_bestuur using (schooljaar)
where (per_gebied.leerlingen = per_school.leerlingen and per_gebied.leerlingen = per_bestuur.leerlingen) is not true
