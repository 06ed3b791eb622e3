-- One row per published person x schooljaar x reason that holds and is switched on.
with

gehouden as (
    unpivot (
        select
            persoon_key, schooljaar, categorie, {{ redenen() | join(', ') }}
        from {{ ref('fct_leerling_schooljaar') }}
        where categorie <> 'geen_ondersteuning'
    )
    on {{ redenen() | join(', ') }}
    into name reden value geldt
)

select gehouden.persoon_key, gehouden.schooljaar, gehouden.reden, regel.soort
from gehouden
inner join {{ source('referentie', 'grijs_gebied_regels') }} as regel on regel.reden = gehouden.reden
where gehouden.geldt
