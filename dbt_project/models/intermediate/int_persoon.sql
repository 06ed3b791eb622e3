-- A dense integer for every step-2 pseudonym, so that nothing after this joins on 64 characters.
select
    row_number() over (order by pseudoniem)::integer as persoon_key,
    pseudoniem
from (
    select pseudoniem from {{ ref('stg_opp__arrangement') }}
    union
    select pseudoniem from {{ ref('stg_jeugdhulp__toewijzing') }}
)
