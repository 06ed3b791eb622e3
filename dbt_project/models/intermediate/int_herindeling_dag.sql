{{ config(materialized='view') }}
-- Days on which a gemeente (as mapped) took part in a herindeling, as old or as new code.
select distinct gemeente.gemeente, herindeling.datum
from {{ source('referentie', 'ref_herindeling') }} as herindeling
inner join {{ ref('int_gemeente') }} as gemeente
    on gemeente.code = herindeling.oude_code or gemeente.code = herindeling.nieuwe_code
