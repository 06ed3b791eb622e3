-- The participants, as mapped: the gemeenten on the region's list of expected deliveries, or, without such a
-- list, every gemeente that delivered jeugdhulp for any schooljaar.
select gemeente.gemeente
from {{ source('referentie', 'deelnemer') }} as deelnemer
inner join {{ ref('int_gemeente') }} as gemeente on gemeente.code = deelnemer.gemeente
union
select gemeente
from {{ ref('int_gemeente_levering') }}
where not exists (select 1 from {{ source('referentie', 'deelnemer') }})
