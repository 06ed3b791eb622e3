-- Every known code mapped forward to the newest indeling. A code that was split keeps its own code.
with recursive

opgegaan as (
    select oude_code, any_value(nieuwe_code) as nieuwe_code
    from {{ source('referentie', 'ref_herindeling') }}
    group by oude_code
    having count(distinct nieuwe_code) = 1
),

bekend as (
    select gemeente as code from {{ source('referentie', 'ref_gemeente') }}
    union
    select unnest(['buitenland', 'onbekend'])
),

keten as (
    select code, code as gemeente, 0 as stap from bekend
    union all
    select keten.code, opgegaan.nieuwe_code, keten.stap + 1
    from keten
    inner join opgegaan on opgegaan.oude_code = keten.gemeente
    where keten.stap < 20  -- a code that came back would go round for ever
),

nu as (
    select code, arg_max(gemeente, stap) as gemeente from keten group by code
)

select
    nu.code,
    nu.gemeente,
    coalesce(regio.jeugdregio, 'onbekend') as jeugdregio
from nu
left join {{ source('referentie', 'ref_jeugdregio_gemeente') }} as regio on regio.gemeente = nu.gemeente
