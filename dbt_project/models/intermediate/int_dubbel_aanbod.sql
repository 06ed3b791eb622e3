-- Persons with an arrangement and a toewijzing at school, for the same need, side by side for at least the norm.
select distinct arrangement.persoon_key, arrangement.schooljaar
from {{ ref('int_arrangement') }} as arrangement
inner join {{ ref('int_toewijzing') }} as toewijzing
    on toewijzing.persoon_key = arrangement.persoon_key
    and toewijzing.schooljaar = arrangement.schooljaar
inner join {{ source('referentie', 'behoefte_jeugdhulp_overlap') }} as koppeling
    on koppeling.ondersteuningsbehoefte = arrangement.ondersteuningsbehoefte
    and koppeling.productcategorie = toewijzing.productcategorie
cross join {{ ref('int_regel') }} as regel
where arrangement.is_actief
    and toewijzing.is_op_school
    and arrangement.financiering <> 'gezamenlijk_budget'
    and arrangement.verantwoordelijke <> 'gezamenlijk'
    and least(arrangement.eind_op, toewijzing.eind_op, {{ laatste_dag('arrangement.schooljaar') }})
        - greatest(arrangement.start_op, toewijzing.ingang_op, {{ eerste_dag('arrangement.schooljaar') }})
        + 1 >= regel.dubbel_norm
