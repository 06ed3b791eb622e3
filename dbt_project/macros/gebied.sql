{# GROUPING SETS over the five kinds of gebied, each crossed with every subset of `kubus` (a TOTAAL per dimension).
   The relation must have the columns schooljaar, woongemeente, jeugdregio, schoolgemeente and swv, never empty. #}
{% macro per_gebied(kubus=[], vast=[]) -%}
group by grouping sets (
{%- set deelverzamelingen = [[]] -%}
{%- for kolom in kubus -%}
    {%- for deel in deelverzamelingen[:] -%}{%- do deelverzamelingen.append(deel + [kolom]) -%}{%- endfor -%}
{%- endfor -%}
{%- for deel in deelverzamelingen %}
    {%- set rest = (vast + deel) -%}
    {%- for gebied in ['woongemeente', 'jeugdregio', 'schoolgemeente', 'swv', none] %}
    ({{ (['schooljaar'] + ([gebied] if gebied else []) + rest) | join(', ') }}){{ ',' if not loop.last }}
    {%- endfor -%}
    {{ ',' if not loop.last }}
{%- endfor %}
)
{%- endmacro %}

{% macro gebied_kolommen() -%}
    schooljaar,
    case
        when woongemeente is not null then 'woongemeente'
        when jeugdregio is not null then 'jeugdregio'
        when schoolgemeente is not null then 'schoolgemeente'
        when swv is not null then 'swv'
        else 'regio'
    end as gebied_soort,
    coalesce(woongemeente, jeugdregio, schoolgemeente, swv, 'TOTAAL') as gebied
{%- endmacro %}

{# The codes of a list in their order, as a relation with column `code`; with TOTAAL unless told otherwise. #}
{% macro codes(lijst, totaal=true) -%}
(
    select code from {{ source('referentie', 'ref_code') }} where lijst = '{{ lijst }}'
    {%- if totaal %}
    union all select 'TOTAAL'
    {%- endif %}
)
{%- endmacro %}
