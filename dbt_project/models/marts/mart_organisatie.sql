{{ arrangementen_per_gebied(kubus=['ondersteuningsvorm']) }}

select
    gebied.schooljaar,
    gebied.gebied_soort,
    gebied.gebied,
    ondersteuningsvorm.code as ondersteuningsvorm,
    coalesce(geteld.arrangementen, 0) as arrangementen,
    coalesce(geteld.leerlingen_achter, 0) as leerlingen_achter,
    true as te_bepalen
from {{ ref('int_gebied') }} as gebied
cross join {{ codes('ondersteuningsvorm') }} as ondersteuningsvorm
left join geteld
    on geteld.schooljaar = gebied.schooljaar
    and geteld.gebied_soort = gebied.gebied_soort
    and geteld.gebied = gebied.gebied
    and geteld.ondersteuningsvorm = ondersteuningsvorm.code
