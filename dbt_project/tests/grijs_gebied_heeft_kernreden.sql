-- In the grijze gebied if, and only if, a reason of kind kern is counted.
{{ config(meta={'dagster': {'ref': {'name': 'fct_grijs_gebied_reden'}}}) }}
select feit.persoon_key, feit.schooljaar
from {{ ref('fct_leerling_schooljaar') }} as feit
left join (
    select distinct persoon_key, schooljaar from {{ ref('fct_grijs_gebied_reden') }} where soort = 'kern'
) as kern using (persoon_key, schooljaar)
where (feit.categorie = 'grijs_gebied') <> (kern.persoon_key is not null)
