-- Which gemeenten (as mapped) delivered jeugdhulp for which schooljaar.
-- Who should have delivered is another matter: int_deelnemer.
select
    gemeente.gemeente,
    levering.schooljaar,
    left(levering.schooljaar, 4)::integer as jaar,
    max(max(levering.leverdatum)) over (partition by gemeente.gemeente) as nieuwste_leverdatum
from {{ ref('stg_bron__levering') }} as levering
inner join {{ ref('int_gemeente') }} as gemeente on gemeente.code = levering.bronhouder
where levering.contract = 'jeugdhulp'
group by gemeente.gemeente, levering.schooljaar
