{{ arrangementen_per_gebied(kubus=['verantwoordelijke', 'financiering']) }}

select
    gebied.schooljaar,
    gebied.gebied_soort,
    gebied.gebied,
    verantwoordelijke.code as verantwoordelijke,
    financiering.code as financiering,
    coalesce(geteld.arrangementen, 0) as arrangementen,
    coalesce(geteld.leerlingen_achter, 0) as leerlingen_achter,
    true as te_bepalen
from {{ ref('int_gebied') }} as gebied
cross join {{ codes('verantwoordelijke') }} as verantwoordelijke
cross join {{ codes('financiering') }} as financiering
left join geteld
    on geteld.schooljaar = gebied.schooljaar
    and geteld.gebied_soort = gebied.gebied_soort
    and geteld.gebied = gebied.gebied
    and geteld.verantwoordelijke = verantwoordelijke.code
    and geteld.financiering = financiering.code
