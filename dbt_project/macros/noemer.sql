{# Pupils of a group of vestigingen and where the numbers come from (two columns). Where DUO writes <5 a sum counts 0,
   and a single vestiging has none; one vestiging without any number leaves the sum unknown. #}
{% macro som_leerlingen() -%}
case when bool_and(leerlingen is not null or is_onder_vijf) then nullif(sum(coalesce(leerlingen, 0)), 0) end::bigint as aantal,
        array_to_string(list_sort(list(distinct bron)), '+') as bron
{%- endmacro %}
