select jeugdregio, jeugdregio as naam, count(*) filter (where gemeente not in ('buitenland', 'onbekend')) as gemeenten
from {{ ref('dim_gemeente') }}
group by jeugdregio
