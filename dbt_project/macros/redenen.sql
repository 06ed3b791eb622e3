{# The reasons of the grijze gebied: a boolean column each in fct_leerling_schooljaar. #}
{% macro redenen() %}
{{ return(['verantwoordelijkheid_in_overleg', 'wacht_zonder_verantwoordelijke', 'afgewezen_andere_wet',
           'wacht_op_besluit', 'verantwoordelijke_onbekend', 'dubbel_aanbod']) }}
{% endmacro %}
