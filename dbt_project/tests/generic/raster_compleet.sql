{# Every combination of `per` has a row for every code of the lists, TOTAAL included unless `totaal` is false. #}
{% test raster_compleet(model, per, lijsten, totaal=true) %}
select {{ per | join(', ') }}
from {{ model }}
group by {{ per | join(', ') }}
having count(*) <> 1
    {%- for lijst in lijsten %}
    * (select count(*){{ ' + 1' if totaal }} from {{ source('referentie', 'ref_code') }} where lijst = '{{ lijst }}')
    {%- endfor %}
{% endtest %}
