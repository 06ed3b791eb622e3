{# Each kind of gebied divides the same rows: its members add up to the regio, within every combination of `per`. #}
{% test gebieden_tellen_op(model, kolom, per) %}
with

per_soort as (
    select schooljaar, {{ per | join(', ') }}, gebied_soort, sum({{ kolom }}) as som
    from {{ model }}
    group by all
),

verwacht as (
    select regio.* exclude (gebied_soort), soort.gebied_soort
    from per_soort as regio
    cross join (select unnest(['woongemeente', 'jeugdregio', 'schoolgemeente', 'swv']) as gebied_soort) as soort
    where regio.gebied_soort = 'regio'
)

select verwacht.*
from verwacht
left join per_soort
    on per_soort.schooljaar = verwacht.schooljaar
    and per_soort.gebied_soort = verwacht.gebied_soort
    {%- for kolom_per in per %}
    and per_soort.{{ kolom_per }} = verwacht.{{ kolom_per }}
    {%- endfor %}
where coalesce(per_soort.som, 0) <> verwacht.som
{% endtest %}
