{{ config(materialized='view') }}
-- The region's rules on one row: which reasons count, which are kern, and their terms in days.
select
    {%- for reden in redenen() %}
    bool_or(aan = 'ja') filter (where reden = '{{ reden }}') as {{ reden }}_aan,
    bool_or(aan = 'ja' and soort = 'kern') filter (where reden = '{{ reden }}') as {{ reden }}_kern,
    {%- endfor %}
    max(norm_dagen) filter (where reden = 'wacht_op_besluit') as wacht_norm,
    max(norm_dagen) filter (where reden = 'afgewezen_andere_wet') as afwijzing_norm,
    max(norm_dagen) filter (where reden = 'dubbel_aanbod') as dubbel_norm
from {{ source('referentie', 'grijs_gebied_regels') }}
