{# Every combination of `kolommen` occurs once, and none of them is empty. #}
{% test uniek(model, kolommen) %}
select {{ kolommen | join(', ') }}
from {{ model }}
group by {{ kolommen | join(', ') }}
having count(*) > 1{% for kolom in kolommen %} or {{ kolom }} is null{% endfor %}
{% endtest %}
