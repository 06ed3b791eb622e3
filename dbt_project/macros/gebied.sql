{# The five kinds of gebied, each with the column of a row that holds its member; regio is one member. #}
{% macro gebieden() %}
{{ return([('woongemeente', 'woongemeente'), ('jeugdregio', 'jeugdregio'), ('schoolgemeente', 'schoolgemeente'),
           ('swv', 'swv'), ('regio', "'TOTAAL'")]) }}
{% endmacro %}

{# GROUPING SETS over the five kinds of gebied, each with `vast` and crossed with every subset of `kubus`.
   The relation must have the columns schooljaar, woongemeente, jeugdregio, schoolgemeente and swv, never empty. #}
{% macro per_gebied(kubus=[], vast=[]) -%}
group by grouping sets (
{%- for deel in deelverzamelingen(kubus) %}
    {%- for soort, kolom in gebieden() %}
    ({{ (['schooljaar'] + ([kolom] if soort != 'regio' else []) + vast + deel) | join(', ') }}){{ ',' if not loop.last }}
    {%- endfor -%}
    {{ ',' if not loop.last }}
{%- endfor %}
)
{%- endmacro %}

{% macro gebied_kolommen() -%}
    schooljaar,
    case
        {%- for soort, kolom in gebieden() if soort != 'regio' %}
        when {{ kolom }} is not null then '{{ soort }}'
        {%- endfor %}
        else 'regio'
    end as gebied_soort,
    coalesce(woongemeente, jeugdregio, schoolgemeente, swv, 'TOTAAL') as gebied
{%- endmacro %}

{# Every subset of a list of columns: the sets of a CUBE. #}
{% macro deelverzamelingen(kolommen) %}
{%- set gevonden = [[]] -%}
{%- for kolom in kolommen -%}
    {%- for deel in gevonden[:] -%}{%- do gevonden.append(deel + [kolom]) -%}{%- endfor -%}
{%- endfor -%}
{{ return(gevonden) }}
{% endmacro %}

{# Distinct persons for whom `voorwaarde` holds. Most persons have one row: only the others need be compared,
   which takes half the memory of counting everyone distinct. #}
{% macro personen(voorwaarde='true') -%}
(count(*) filter (where is_enige and {{ voorwaarde }})
    + count(distinct persoon_key) filter (where not is_enige and {{ voorwaarde }}))
{%- endmacro %}

{# Active arrangements and the persons behind them per gebied, for the full cube over `kubus`. One kind of gebied
   at a time: counting persons for all of them at once does not fit in memory for a country. #}
{% macro arrangementen_per_gebied(kubus) -%}
with

actief as (
    select
        schooljaar, persoon_key, woongemeente, jeugdregio, schoolgemeente, swv, {{ kubus | join(', ') }},
        count(*) over (partition by persoon_key, schooljaar) = 1 as is_enige
    from {{ ref('int_arrangement') }}
    where is_actief
),

geteld as (
    {%- for soort, kolom in gebieden() %}
    select
        schooljaar,
        '{{ soort }}' as gebied_soort,
        {{ kolom }} as gebied,
        {%- for dimensie in kubus %}
        coalesce({{ dimensie }}, 'TOTAAL') as {{ dimensie }},
        {%- endfor %}
        count(*) as arrangementen,
        {{ personen() }} as leerlingen_achter
    from actief
    group by schooljaar{{ ', ' ~ kolom if soort != 'regio' }}, cube ({{ kubus | join(', ') }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}

{# The codes of a list, as a relation with column `code`; with TOTAAL unless told otherwise. #}
{% macro codes(lijst, totaal=true) -%}
(
    select code from {{ source('referentie', 'ref_code') }} where lijst = '{{ lijst }}'
    {%- if totaal %}
    union all select 'TOTAAL'
    {%- endif %}
)
{%- endmacro %}
