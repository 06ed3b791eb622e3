{# TOTAAL of `dimensie` is the sum of its members, within every combination of `per`. #}
{% test telt_op(model, kolom, dimensie, per) %}
select {{ per | join(', ') }}
from {{ model }}
group by {{ per | join(', ') }}
having sum(case when {{ dimensie }} = 'TOTAAL' then {{ kolom }} else 0 end)
    <> sum(case when {{ dimensie }} <> 'TOTAAL' then {{ kolom }} else 0 end)
{% endtest %}
