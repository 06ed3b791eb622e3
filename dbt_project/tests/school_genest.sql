-- Vestigingen add up to their bestuur, besturen to their swv and swvs to the whole.
{{ config(meta={'dagster': {'ref': {'name': 'mart_ondersteuning_per_school'}}}) }}
with

niveau as (
    select *, (swv <> 'TOTAAL')::integer + (bestuur <> 'TOTAAL')::integer + (vestigingscode <> 'TOTAAL')::integer as diepte
    from {{ ref('mart_ondersteuning_per_school') }}
)

select 'bestuur' as niveau, schooljaar, swv, bestuur, categorie from niveau
where diepte in (2, 3)
group by all
having sum(case diepte when 2 then leerlingen else -leerlingen end) <> 0
union all
select 'swv', schooljaar, swv, null, categorie from niveau
where diepte in (1, 2)
group by all
having sum(case diepte when 1 then leerlingen else -leerlingen end) <> 0
union all
select 'regio', schooljaar, null, null, categorie from niveau
where diepte in (0, 1)
group by all
having sum(case diepte when 0 then leerlingen else -leerlingen end) <> 0
