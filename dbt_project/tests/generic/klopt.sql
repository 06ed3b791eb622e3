{# `voorwaarde` is true for every row; an unknown outcome is a fault. #}
{% test klopt(model, voorwaarde) %}
select 1
from {{ model }}
where ({{ voorwaarde }}) is not true
{% endtest %}
