{# A schooljaar `2024-2025` runs from 1 August up to and including 31 July; its peildatum is 1 October. #}
{% macro eerste_dag(schooljaar) %}make_date(left({{ schooljaar }}, 4)::integer, 8, 1){% endmacro %}
{% macro laatste_dag(schooljaar) %}make_date(right({{ schooljaar }}, 4)::integer, 7, 31){% endmacro %}
{% macro peildatum(schooljaar) %}make_date(left({{ schooljaar }}, 4)::integer, 10, 1){% endmacro %}

{# First calendar year of the schooljaar that a day falls in. #}
{% macro schooljaar_van(dag) %}(year({{ dag }}) - (month({{ dag }}) < 8)::integer){% endmacro %}

{# Two periods overlap if they share at least one day; an empty end is open. #}
{% macro overlapt(begin_a, eind_a, begin_b, eind_b) -%}
({{ begin_a }} <= coalesce({{ eind_b }}, date '9999-12-31') and coalesce({{ eind_a }}, date '9999-12-31') >= {{ begin_b }})
{%- endmacro %}
