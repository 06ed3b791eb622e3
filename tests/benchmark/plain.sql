-- The same marts as the product's, by one plain DuckDB script: the yardstick of `make bench`, nothing else uses it.
-- Reads the CSV deliveries of an inbox (the newest per contract, bronhouder and schooljaar), no pseudonymisation, no
-- checks, no disclosure control. Variables: inbox, referentie, seeds (directories), geweigerd (list of file names).
-- Result: tables mart_*, one per published table, in the open database.

-- deliveries
CREATE TEMP TABLE levering AS
SELECT file AS bestand, naam[1] AS contract, naam[2] AS bronhouder, naam[3] AS schooljaar,
       strptime(naam[4], '%Y%m%d')::DATE AS leverdatum
FROM (SELECT file, string_split(parse_filename(file, true), '_') AS naam
      FROM glob(getvariable('inbox') || '/*.csv')
      WHERE NOT list_contains(getvariable('geweigerd'), parse_filename(file)))
QUALIFY row_number() OVER (PARTITION BY contract, bronhouder, schooljaar ORDER BY leverdatum DESC) = 1;

SET VARIABLE opp = (SELECT list(bestand) FROM levering WHERE contract = 'opp');
SET VARIABLE jeugdhulp = (SELECT list(bestand) FROM levering WHERE contract = 'jeugdhulp');
SET VARIABLE inschrijving = (SELECT list(bestand) FROM levering WHERE contract = 'inschrijving');

CREATE TEMP TABLE jaar AS
SELECT DISTINCT schooljaar, make_date(schooljaar[:4]::INT, 8, 1) AS van, make_date(schooljaar[6:]::INT, 7, 31) AS tot
FROM levering WHERE contract IN ('opp', 'jeugdhulp');

-- reference
CREATE TEMP TABLE herindeling AS
FROM read_csv(getvariable('seeds') || '/ref_herindeling.csv', delim = ';', all_varchar = true);

CREATE TEMP TABLE opvolger AS
WITH RECURSIVE stap AS (
    SELECT oude_code AS code, min(nieuwe_code) AS nu FROM herindeling
    GROUP BY ALL HAVING count(DISTINCT nieuwe_code) = 1
), keten AS (
    SELECT code, nu FROM stap
    UNION ALL SELECT keten.code, stap.nu FROM keten JOIN stap ON stap.code = keten.nu
)
SELECT code, nu FROM keten WHERE nu NOT IN (SELECT code FROM stap);

CREATE TEMP TABLE herindelingsdag AS
SELECT DISTINCT coalesce(nu, side) AS gemeente, datum
FROM (SELECT unnest([oude_code, nieuwe_code]) AS side, datum::DATE AS datum FROM herindeling)
LEFT JOIN opvolger ON code = side;

CREATE TEMP TABLE vestiging AS
SELECT vestigingscode, bestuur, swv, coalesce(nu, gemeente) AS schoolgemeente
FROM (SELECT *, 1 AS rang FROM read_csv(getvariable('referentie') || '/vestigingen.csv', delim = ';', all_varchar = true)
      UNION ALL BY NAME
      SELECT *, 2 AS rang FROM read_csv(getvariable('seeds') || '/ref_vestiging.csv', delim = ';', all_varchar = true))
LEFT JOIN opvolger ON code = gemeente
QUALIFY row_number() OVER (PARTITION BY vestigingscode ORDER BY rang) = 1;
INSERT INTO vestiging VALUES ('onbekend', 'onbekend', 'onbekend', 'onbekend');

CREATE TEMP TABLE jeugdregio AS
SELECT gemeente, jeugdregio
FROM read_csv(getvariable('seeds') || '/ref_jeugdregio_gemeente.csv', delim = ';', all_varchar = true);

CREATE TEMP TABLE netwerk AS
SELECT productcode FROM read_csv(getvariable('seeds') || '/ref_ijw_product.csv', delim = ';', all_varchar = true)
WHERE hulpvorm = '04';

CREATE TEMP TABLE koppeling AS
FROM read_csv(getvariable('seeds') || '/behoefte_jeugdhulp_overlap.csv', delim = ';', all_varchar = true);

CREATE TEMP TABLE regel AS
SELECT reden, soort, aan = 'ja' AS aan, norm_dagen::INT AS norm
FROM read_csv(getvariable('seeds') || '/grijs_gebied_regels.csv', delim = ';', all_varchar = true);
SET VARIABLE norm_wacht = (SELECT norm FROM regel WHERE reden = 'wacht_op_besluit');
SET VARIABLE norm_afgewezen = (SELECT norm FROM regel WHERE reden = 'afgewezen_andere_wet');
SET VARIABLE norm_dubbel = (SELECT norm FROM regel WHERE reden = 'dubbel_aanbod');

-- who delivered
CREATE TEMP TABLE geleverd AS
SELECT DISTINCT coalesce(nu, bronhouder) AS gemeente, schooljaar FROM levering LEFT JOIN opvolger ON code = bronhouder
WHERE contract = 'jeugdhulp';

CREATE TEMP TABLE nieuwste AS
SELECT coalesce(nu, bronhouder) AS gemeente, max(leverdatum) AS dag FROM levering LEFT JOIN opvolger ON code = bronhouder
WHERE contract = 'jeugdhulp' GROUP BY ALL;

CREATE TEMP TABLE volledigheid AS
SELECT schooljaar,
       EXISTS (FROM (SELECT DISTINCT gemeente FROM geleverd) AS deelnemer
               WHERE gemeente NOT IN (SELECT gemeente FROM geleverd AS g WHERE g.schooljaar = jaar.schooljaar)
       ) AS gemeente_ontbreekt,
       EXISTS (FROM levering AS l
               WHERE contract = 'opp' AND bronhouder NOT IN (
                   SELECT bronhouder FROM levering AS i WHERE i.contract = 'opp' AND i.schooljaar = jaar.schooljaar)
       ) AS bestuur_ontbreekt
FROM jaar;

-- rows
CREATE TEMP TABLE opp AS
SELECT leerling_pseudoniem AS leerling, rij.schooljaar, van, tot, arrangement_id, bronhouder,
       rij.vestigingscode, bestuur, swv, schoolgemeente,
       coalesce(nu, woongemeente) AS gemeente,
       ondersteuningsbehoefte AS behoefte, ondersteuningsvorm, verantwoordelijke, financiering, status, afwijsreden,
       behoefte_vastgesteld_op AS behoefte_op, besluit_op, start_op, coalesce(eind_op, DATE '9999-12-31') AS eind_op,
       status IN ('toegekend', 'beeindigd') AND start_op <= tot AND coalesce(eind_op >= van, true) AS actief,
       least(tot, leverdatum) AS peilmoment,
       least(besluit_op, tot, leverdatum) AS w,
       w - behoefte_op > getvariable('norm_wacht') AND behoefte_op <= tot AND w >= van AS wacht
FROM read_csv(getvariable('opp'), delim = ';', header = true, nullstr = '', filename = true, columns = {
    leerling_pseudoniem: VARCHAR, schooljaar: VARCHAR, vestigingscode: VARCHAR, woongemeente: VARCHAR,
    arrangement_id: VARCHAR, ondersteuningsbehoefte: VARCHAR, ondersteuningsvorm: VARCHAR, verantwoordelijke: VARCHAR,
    financiering: VARCHAR, status: VARCHAR, afwijsreden: VARCHAR, behoefte_vastgesteld_op: DATE, besluit_op: DATE,
    start_op: DATE, eind_op: DATE}) AS rij
JOIN levering ON levering.bestand = rij.filename
JOIN jaar ON jaar.schooljaar = rij.schooljaar
JOIN vestiging ON vestiging.vestigingscode = rij.vestigingscode
LEFT JOIN opvolger ON code = woongemeente;

CREATE TEMP TABLE toewijzing_alle AS
SELECT jeugdige_pseudoniem AS leerling, levering.schooljaar, van, tot, leverdatum, rij.gemeente AS geleverd,
       coalesce(nu, rij.gemeente) AS gemeente, toewijzing_id, aanbieder_code, productcategorie, productcode,
       toegewezen_op, ingang_op, coalesce(eind_op, DATE '9999-12-31') AS eind_op, reden_wijziging, op_school
FROM read_csv(getvariable('jeugdhulp'), delim = ';', header = true, nullstr = '', filename = true, columns = {
    jeugdige_pseudoniem: VARCHAR, gemeente: VARCHAR, toewijzing_id: VARCHAR, aanbieder_code: VARCHAR,
    productcategorie: VARCHAR, productcode: VARCHAR, toegewezen_op: DATE, ingang_op: DATE, eind_op: DATE,
    reden_wijziging: VARCHAR, op_school: VARCHAR}) AS rij
JOIN levering ON levering.bestand = rij.filename
JOIN jaar ON jaar.schooljaar = levering.schooljaar
LEFT JOIN opvolger ON code = rij.gemeente;

CREATE TEMP TABLE toewijzing AS
FROM toewijzing_alle
WHERE reden_wijziging IS DISTINCT FROM '13' AND ingang_op <= tot AND eind_op >= van;

-- persons
CREATE TEMP TABLE afgewezen AS
WITH afwijzing AS (
    SELECT schooljaar, leerling, gemeente, besluit_op AS van, besluit_op + getvariable('norm_afgewezen') AS tot
    FROM opp
    WHERE status = 'afgewezen' AND afwijsreden = 'andere_wet' AND besluit_op BETWEEN van AND tot
), nieuw AS (
    SELECT leerling, ingang_op, eind_op, reden_wijziging FROM toewijzing_alle
    QUALIFY row_number() OVER (PARTITION BY geleverd, toewijzing_id ORDER BY leverdatum DESC, schooljaar DESC) = 1
)
SELECT DISTINCT schooljaar, leerling
FROM afwijzing AS a JOIN nieuwste USING (gemeente)
WHERE a.tot <= nieuwste.dag
  AND NOT EXISTS (FROM nieuw AS n WHERE n.leerling = a.leerling AND n.reden_wijziging IS DISTINCT FROM '13'
                  AND n.ingang_op <= a.tot AND n.eind_op >= a.van)
  AND NOT EXISTS (
      FROM range(year(a.van - INTERVAL 7 MONTH), year(a.tot - INTERVAL 7 MONTH) + 1) AS r(j)
      WHERE (a.gemeente, j || '-' || (j + 1)) NOT IN (SELECT (gemeente, schooljaar) FROM geleverd));

CREATE TEMP TABLE dubbel AS
SELECT DISTINCT o.schooljaar, o.leerling
FROM opp AS o JOIN toewijzing AS t ON t.schooljaar = o.schooljaar AND t.leerling = o.leerling
JOIN koppeling AS k ON k.ondersteuningsbehoefte = o.behoefte AND k.productcategorie = t.productcategorie
WHERE o.actief AND o.financiering <> 'gezamenlijk_budget' AND o.verantwoordelijke <> 'gezamenlijk'
  AND (t.op_school = 'ja' OR t.productcode IN (FROM netwerk))
  AND least(o.eind_op, t.eind_op, o.tot) - greatest(o.start_op, t.ingang_op, o.van) + 1 >= getvariable('norm_dubbel');

CREATE TEMP TABLE beslissend AS
SELECT schooljaar, leerling, vestigingscode, gemeente FROM opp
QUALIFY row_number() OVER (
    PARTITION BY schooljaar, leerling
    ORDER BY actief DESC, (actief AND make_date(year(van), 10, 1) BETWEEN start_op AND eind_op) DESC,
             CASE WHEN actief THEN start_op ELSE behoefte_op END DESC, vestigingscode, arrangement_id, bronhouder) = 1;

CREATE TEMP TABLE per_leerling AS
SELECT schooljaar, leerling, any_value(tot) AS tot, bool_or(actief) AS onderwijs,
       bool_or(status = 'aangevraagd' OR (status = 'toegekend' AND start_op > tot)) AS aanvraag,
       bool_or(verantwoordelijke = 'in_overleg' AND (actief OR status = 'aangevraagd'))
           AS verantwoordelijkheid_in_overleg,
       bool_or(wacht AND verantwoordelijke IN ('in_overleg', 'onbekend')) AS wacht_zonder_verantwoordelijke,
       bool_or(wacht) AS wacht_op_besluit,
       bool_or(actief AND verantwoordelijke = 'onbekend') AS verantwoordelijke_onbekend
FROM opp GROUP BY ALL;

CREATE TEMP TABLE per_jeugdige AS
SELECT schooljaar, leerling, first(gemeente ORDER BY ingang_op DESC, gemeente) AS gemeente
FROM toewijzing GROUP BY ALL;

CREATE TEMP TABLE inschrijving AS
SELECT leerling_pseudoniem AS leerling, schooljaar, min(vestigingscode) AS vestigingscode
FROM read_csv(getvariable('inschrijving'), delim = ';', header = true, columns = {
    leerling_pseudoniem: VARCHAR, schooljaar: VARCHAR, vestigingscode: VARCHAR}) AS rij
SEMI JOIN per_jeugdige ON per_jeugdige.leerling = rij.leerling_pseudoniem
GROUP BY ALL;

CREATE TEMP TABLE reden AS
SELECT schooljaar, leerling, reden, soort
FROM (UNPIVOT (SELECT schooljaar, leerling, verantwoordelijkheid_in_overleg, wacht_zonder_verantwoordelijke,
                      wacht_op_besluit, verantwoordelijke_onbekend FROM per_leerling)
      ON COLUMNS(* EXCLUDE (schooljaar, leerling)) INTO NAME reden VALUE geldt)
JOIN regel USING (reden) WHERE geldt AND aan
UNION ALL SELECT schooljaar, leerling, reden, soort FROM dubbel JOIN regel ON reden = 'dubbel_aanbod' WHERE aan
UNION ALL SELECT schooljaar, leerling, reden, soort FROM afgewezen JOIN regel ON reden = 'afgewezen_andere_wet' WHERE aan;

CREATE TEMP TABLE persoon AS
WITH samen AS (
    SELECT schooljaar, leerling, coalesce(onderwijs, false) AS onderwijs, t.leerling IS NOT NULL AS jeugdhulp,
           coalesce(b.gemeente, t.gemeente) AS gemeente, b.vestigingscode AS van_opp, i.vestigingscode AS van_inschrijving,
           CASE WHEN k.leerling IS NOT NULL THEN 'grijs_gebied'
                WHEN g.gemeente IS NULL THEN 'niet_te_bepalen'
                WHEN onderwijs AND jeugdhulp THEN 'samenloop'
                WHEN onderwijs THEN 'alleen_onderwijs'
                WHEN jeugdhulp THEN 'alleen_jeugdhulp'
                WHEN aanvraag THEN 'in_aanvraag' ELSE 'geen_ondersteuning' END AS categorie
    FROM per_leerling AS o
    FULL JOIN per_jeugdige AS t USING (schooljaar, leerling)
    LEFT JOIN beslissend AS b USING (schooljaar, leerling)
    LEFT JOIN inschrijving AS i USING (schooljaar, leerling)
    LEFT JOIN (SELECT DISTINCT schooljaar, leerling FROM reden WHERE soort = 'kern') AS k USING (schooljaar, leerling)
    LEFT JOIN geleverd AS g ON g.schooljaar = schooljaar AND g.gemeente = coalesce(b.gemeente, t.gemeente)
)
SELECT row_number() OVER () AS persoon, schooljaar, leerling, onderwijs, jeugdhulp, categorie, gemeente,
       categorie <> 'geen_ondersteuning' AS telt,
       coalesce(CASE WHEN categorie <> 'alleen_jeugdhulp' THEN van_opp END, van_inschrijving, 'onbekend') AS vestigingscode
FROM samen;

-- areas and the members that occur
CREATE TEMP TABLE toewijzing_plaats AS
SELECT t.*, p.persoon, p.vestigingscode FROM toewijzing AS t JOIN persoon AS p USING (schooljaar, leerling);

CREATE TEMP TABLE plaats AS
SELECT schooljaar, gemeente, vestigingscode FROM persoon WHERE telt
UNION SELECT schooljaar, gemeente, vestigingscode FROM opp
UNION SELECT schooljaar, gemeente, vestigingscode FROM toewijzing_plaats;

CREATE TEMP TABLE plaats_gebied AS
SELECT gemeente, vestigingscode, unnest(['regio', 'woongemeente', 'jeugdregio', 'schoolgemeente', 'swv']) AS gebied_soort,
       unnest(['TOTAAL', gemeente, coalesce(jeugdregio, 'onbekend'), schoolgemeente, swv]) AS gebied
FROM (SELECT DISTINCT gemeente, vestigingscode FROM plaats)
JOIN vestiging USING (vestigingscode) LEFT JOIN jeugdregio USING (gemeente);

CREATE TEMP TABLE lid_vestiging AS
SELECT DISTINCT schooljaar, vestigingscode, bestuur, swv, schoolgemeente,
       vestigingscode <> 'onbekend' AND NOT EXISTS (
           FROM levering AS l WHERE l.contract = 'inschrijving' AND l.bronhouder = bestuur
           AND l.schooljaar = plaats.schooljaar) AS zonder_inschrijving
FROM plaats JOIN vestiging USING (vestigingscode);

CREATE TEMP TABLE lid_gebied AS
WITH zonder AS (
    SELECT DISTINCT schooljaar, unnest(['schoolgemeente', 'swv']) AS gebied_soort, unnest([schoolgemeente, swv]) AS gebied
    FROM lid_vestiging WHERE zonder_inschrijving
)
SELECT DISTINCT schooljaar, gebied_soort, gebied,
       gebied_soort = 'woongemeente' AND g.gemeente IS NULL AS zwijgt,
       z.gebied IS NOT NULL AS zonder_inschrijving,
       NOT bestuur_ontbreekt
           AND CASE WHEN gebied_soort = 'woongemeente' THEN g.gemeente IS NOT NULL ELSE NOT gemeente_ontbreekt END AS volledig
FROM plaats JOIN plaats_gebied USING (gemeente, vestigingscode) JOIN volledigheid USING (schooljaar)
LEFT JOIN geleverd AS g ON g.schooljaar = plaats.schooljaar AND g.gemeente = gebied
LEFT JOIN zonder AS z USING (schooljaar, gebied_soort, gebied);

CREATE TEMP TABLE categorie AS
SELECT unnest(['grijs_gebied', 'niet_te_bepalen', 'samenloop', 'alleen_onderwijs', 'alleen_jeugdhulp', 'in_aanvraag',
               'TOTAAL']) AS categorie;
CREATE TEMP TABLE verantwoordelijke AS
SELECT unnest(['school', 'swv', 'gemeente', 'zorgkantoor', 'zorgverzekeraar', 'gezamenlijk', 'in_overleg', 'onbekend',
               'TOTAAL']) AS verantwoordelijke;
CREATE TEMP TABLE financiering AS
SELECT unnest(['school', 'swv', 'jeugdwet', 'wlz', 'zvw', 'gezamenlijk_budget', 'geen', 'onbekend', 'TOTAAL'])
           AS financiering;
CREATE TEMP TABLE vorm AS
SELECT unnest(['begeleiding_in_klas', 'begeleiding_buiten_klas', 'groepsaanbod', 'onderwijszorgarrangement',
               'plaatsing_sbo', 'plaatsing_so_vso', 'thuis_of_elders', 'TOTAAL']) AS ondersteuningsvorm;

-- marts: persons
CREATE TEMP TABLE telling AS
SELECT schooljaar, gemeente, vestigingscode, coalesce(categorie, 'TOTAAL') AS categorie, count(*) AS leerlingen
FROM persoon WHERE telt
GROUP BY GROUPING SETS ((schooljaar, gemeente, vestigingscode, categorie), (schooljaar, gemeente, vestigingscode));

CREATE TABLE mart_ondersteuning_per_gebied AS
WITH n AS (
    SELECT schooljaar, gebied_soort, gebied, categorie, sum(leerlingen) AS leerlingen
    FROM telling JOIN plaats_gebied USING (gemeente, vestigingscode) GROUP BY ALL
)
SELECT schooljaar, gebied_soort, gebied, categorie, coalesce(leerlingen, 0)::BIGINT AS leerlingen, volledig,
       NOT (zwijgt AND categorie IN ('samenloop', 'alleen_onderwijs', 'alleen_jeugdhulp', 'in_aanvraag'))
           AND NOT (zonder_inschrijving AND categorie = 'alleen_jeugdhulp') AS te_bepalen
FROM lid_gebied CROSS JOIN categorie LEFT JOIN n USING (schooljaar, gebied_soort, gebied, categorie)
ORDER BY ALL;

CREATE TABLE mart_ondersteuning_per_school AS
WITH n AS (
    SELECT schooljaar, coalesce(swv, 'TOTAAL') AS swv, coalesce(bestuur, 'TOTAAL') AS bestuur,
           coalesce(vestigingscode, 'TOTAAL') AS vestigingscode, categorie, sum(leerlingen) AS leerlingen
    FROM telling JOIN vestiging USING (vestigingscode)
    GROUP BY schooljaar, categorie, ROLLUP (swv, bestuur, vestigingscode)
), lid AS (
    SELECT schooljaar, coalesce(swv, 'TOTAAL') AS swv, coalesce(bestuur, 'TOTAAL') AS bestuur,
           coalesce(vestigingscode, 'TOTAAL') AS vestigingscode,
           bool_or(zonder_inschrijving) AND grouping(swv) = 0 AS zonder_inschrijving
    FROM lid_vestiging GROUP BY schooljaar, ROLLUP (swv, bestuur, vestigingscode)
)
SELECT schooljaar, swv, bestuur, vestigingscode, categorie, coalesce(leerlingen, 0)::BIGINT AS leerlingen,
       NOT (zonder_inschrijving AND categorie = 'alleen_jeugdhulp') AS te_bepalen
FROM lid CROSS JOIN categorie LEFT JOIN n USING (schooljaar, swv, bestuur, vestigingscode, categorie)
ORDER BY ALL;

CREATE TABLE mart_ondersteuning_per_bestuur_gemeente AS
WITH grof AS (
    SELECT schooljaar, bestuur, gemeente, leerlingen,
           CASE WHEN categorie IN ('grijs_gebied', 'niet_te_bepalen', 'TOTAAL') THEN categorie ELSE 'overig' END AS categorie
    FROM telling JOIN vestiging USING (vestigingscode)
), n AS (
    SELECT schooljaar, coalesce(bestuur, 'TOTAAL') AS bestuur, coalesce(gemeente, 'TOTAAL') AS gemeente, categorie,
           sum(leerlingen) AS leerlingen
    FROM grof GROUP BY schooljaar, categorie, CUBE (bestuur, gemeente)
), lid_bestuur AS (
    SELECT DISTINCT schooljaar, unnest([bestuur, 'TOTAAL']) AS bestuur FROM lid_vestiging
), lid_gemeente AS (
    SELECT schooljaar, gebied AS gemeente, zwijgt FROM lid_gebied WHERE gebied_soort IN ('woongemeente', 'regio')
)
SELECT schooljaar, bestuur, gemeente, categorie, coalesce(leerlingen, 0)::BIGINT AS leerlingen,
       NOT (zwijgt AND categorie = 'overig') AS te_bepalen
FROM lid_bestuur JOIN lid_gemeente USING (schooljaar)
CROSS JOIN (SELECT unnest(['grijs_gebied', 'niet_te_bepalen', 'overig', 'TOTAAL']) AS categorie)
LEFT JOIN n USING (schooljaar, bestuur, gemeente, categorie)
ORDER BY ALL;

CREATE TABLE mart_grijs_gebied_redenen AS
WITH n AS (
    SELECT schooljaar, gebied_soort, gebied, reden, sum(leerlingen) AS leerlingen
    FROM (SELECT schooljaar, gemeente, vestigingscode, reden, count(*) AS leerlingen
          FROM reden JOIN persoon USING (schooljaar, leerling) WHERE telt GROUP BY ALL)
    JOIN plaats_gebied USING (gemeente, vestigingscode) GROUP BY ALL
)
SELECT schooljaar, gebied_soort, gebied, reden, soort, coalesce(leerlingen, 0)::BIGINT AS leerlingen, volledig,
       NOT (zwijgt AND reden IN ('dubbel_aanbod', 'afgewezen_andere_wet')) AS te_bepalen
FROM lid_gebied CROSS JOIN (FROM regel WHERE aan) LEFT JOIN n USING (schooljaar, gebied_soort, gebied, reden)
ORDER BY ALL;

CREATE TABLE mart_koppelgraad AS
WITH n AS (
    SELECT schooljaar, gemeente, count(*) AS leerlingen_onderwijs, count(*) FILTER (jeugdhulp) AS gekoppeld
    FROM persoon WHERE onderwijs GROUP BY ALL
)
SELECT lid_gebied.schooljaar, gebied AS gemeente, coalesce(leerlingen_onderwijs, 0) AS leerlingen_onderwijs,
       CASE WHEN NOT zwijgt THEN coalesce(gekoppeld, 0) END AS gekoppeld, NOT zwijgt AS volledig
FROM lid_gebied LEFT JOIN n ON n.schooljaar = lid_gebied.schooljaar AND n.gemeente = gebied
WHERE gebied_soort = 'woongemeente'
ORDER BY ALL;

CREATE TABLE mart_grijs_gebied_school_gemeente AS
SELECT schooljaar, swv, bestuur, vestigingscode, gemeente, categorie, leerlingen
FROM telling JOIN vestiging USING (vestigingscode) WHERE categorie <> 'TOTAAL'
ORDER BY ALL;

-- marts: arrangementen
CREATE TEMP TABLE arrangement AS
SELECT o.schooljaar, persoon, gebied_soort, gebied, verantwoordelijke, financiering, ondersteuningsvorm
FROM opp AS o JOIN persoon AS p USING (schooljaar, leerling)
JOIN plaats_gebied AS g ON g.gemeente = o.gemeente AND g.vestigingscode = o.vestigingscode
WHERE actief;

CREATE TABLE mart_verantwoordelijkheid AS
WITH n AS (
    SELECT schooljaar, gebied_soort, gebied, coalesce(verantwoordelijke, 'TOTAAL') AS verantwoordelijke,
           coalesce(financiering, 'TOTAAL') AS financiering, count(*) AS arrangementen, count(DISTINCT persoon) AS achter
    FROM arrangement GROUP BY schooljaar, gebied_soort, gebied, CUBE (verantwoordelijke, financiering)
)
SELECT schooljaar, gebied_soort, gebied, verantwoordelijke, financiering, coalesce(arrangementen, 0) AS arrangementen,
       coalesce(achter, 0) AS leerlingen_achter, true AS te_bepalen
FROM lid_gebied CROSS JOIN verantwoordelijke CROSS JOIN financiering
LEFT JOIN n USING (schooljaar, gebied_soort, gebied, verantwoordelijke, financiering)
ORDER BY ALL;

CREATE TABLE mart_organisatie AS
WITH n AS (
    SELECT schooljaar, gebied_soort, gebied, coalesce(ondersteuningsvorm, 'TOTAAL') AS ondersteuningsvorm,
           count(*) AS arrangementen, count(DISTINCT persoon) AS achter
    FROM arrangement GROUP BY schooljaar, gebied_soort, gebied, ROLLUP (ondersteuningsvorm)
)
SELECT schooljaar, gebied_soort, gebied, ondersteuningsvorm, coalesce(arrangementen, 0) AS arrangementen,
       coalesce(achter, 0) AS leerlingen_achter, true AS te_bepalen
FROM lid_gebied CROSS JOIN vorm LEFT JOIN n USING (schooljaar, gebied_soort, gebied, ondersteuningsvorm)
ORDER BY ALL;

-- marts: waiting
CREATE TABLE mart_wachttijden AS
WITH rij AS (
    SELECT schooljaar, leerling, gemeente, vestigingscode, 'behoefte_besluit' AS stap, besluit_op - behoefte_op AS dagen
    FROM opp WHERE besluit_op BETWEEN van AND tot
    UNION ALL
    SELECT schooljaar, leerling, gemeente, vestigingscode, 'besluit_start', greatest(0, start_op - besluit_op)
    FROM opp WHERE actief AND start_op BETWEEN van AND tot
    UNION ALL
    SELECT schooljaar, leerling, gemeente, vestigingscode, 'toegewezen_ingang', greatest(0, ingang_op - toegewezen_op)
    FROM toewijzing_plaats AS t
    WHERE ingang_op BETWEEN van AND tot
      AND NOT EXISTS (FROM herindelingsdag AS h WHERE h.gemeente = t.gemeente AND h.datum = t.ingang_op)
), wacht AS (
    SELECT schooljaar, gebied_soort, gebied, stap, dagen, persoon
    FROM rij JOIN plaats_gebied USING (gemeente, vestigingscode) JOIN (SELECT schooljaar, leerling, persoon FROM persoon)
    USING (schooljaar, leerling)
), kwantiel AS (
    SELECT schooljaar, gebied_soort, gebied, stap, count(*) AS aantal, count(DISTINCT persoon) AS achter,
           quantile_cont(dagen, [0.5, 0.9]) AS q,
           -- six decimals: binary fractions must not turn an exact half into a little less
           round(q[1], 6) AS mediaan, round(q[2], 6) AS p90
    FROM wacht GROUP BY schooljaar, gebied_soort, gebied, stap
), zijde AS (
    SELECT schooljaar, gebied_soort, gebied, stap,
           count(DISTINCT persoon) FILTER (dagen <= mediaan) AS onder_mediaan,
           count(DISTINCT persoon) FILTER (dagen >= mediaan) AS boven_mediaan,
           count(DISTINCT persoon) FILTER (dagen <= p90) AS onder_p90,
           count(DISTINCT persoon) FILTER (dagen >= p90) AS boven_p90
    FROM wacht JOIN kwantiel USING (schooljaar, gebied_soort, gebied, stap) GROUP BY ALL
), open AS (
    SELECT schooljaar, gebied_soort, gebied, 'behoefte_besluit' AS stap, count(*) AS wachtend,
           count(DISTINCT leerling) AS achter
    FROM opp JOIN plaats_gebied USING (gemeente, vestigingscode)
    WHERE behoefte_op <= peilmoment AND coalesce(besluit_op > peilmoment, true) GROUP BY ALL
)
SELECT schooljaar, gebied_soort, gebied, stap, coalesce(aantal, 0) AS aantal,
       floor(mediaan + 0.5)::BIGINT AS mediaan_dagen, floor(p90 + 0.5)::BIGINT AS p90_dagen,
       CASE WHEN stap = 'behoefte_besluit' THEN coalesce(wachtend, 0) END AS wachtend,
       volledig, NOT (zwijgt AND stap = 'toegewezen_ingang') AS te_bepalen,
       coalesce(kwantiel.achter, 0) AS leerlingen_achter, coalesce(open.achter, 0) AS wachtend_leerlingen_achter,
       coalesce(onder_mediaan, 0) AS onder_mediaan, coalesce(boven_mediaan, 0) AS boven_mediaan,
       coalesce(onder_p90, 0) AS onder_p90, coalesce(boven_p90, 0) AS boven_p90
FROM lid_gebied
CROSS JOIN (SELECT unnest(['behoefte_besluit', 'besluit_start', 'toegewezen_ingang']) AS stap)
LEFT JOIN kwantiel USING (schooljaar, gebied_soort, gebied, stap)
LEFT JOIN zijde USING (schooljaar, gebied_soort, gebied, stap)
LEFT JOIN open USING (schooljaar, gebied_soort, gebied, stap)
ORDER BY ALL;

-- marts: parties
CREATE TABLE mart_jeugdhulppartners_per_school AS
WITH n AS (
    SELECT schooljaar, vestigingscode, count(DISTINCT aanbieder_code) AS aanbieders, count(DISTINCT persoon) AS achter
    FROM toewijzing_plaats GROUP BY ALL
)
SELECT schooljaar, vestigingscode, coalesce(aanbieders, 0) AS aanbieders, coalesce(achter, 0) AS leerlingen_achter
FROM lid_vestiging LEFT JOIN n USING (schooljaar, vestigingscode) WHERE vestigingscode <> 'onbekend'
ORDER BY ALL;

CREATE TABLE mart_overlegpartners AS
WITH met AS (
    SELECT schooljaar, swv, bestuur, vestigingscode, gemeente, count(*) AS leerlingen
    FROM persoon JOIN vestiging USING (vestigingscode) WHERE onderwijs GROUP BY ALL
), partij AS (
    SELECT schooljaar, swv, gemeente, bestuur, leerlingen, unnest(['school', 'bestuur', 'swv', 'gemeente']) AS partij_soort,
           unnest([vestigingscode, bestuur, swv, gemeente]) AS partij
    FROM met
), n AS (
    SELECT schooljaar, partij_soort, partij, sum(leerlingen)::BIGINT AS achter,
           count(DISTINCT gemeente) FILTER (gemeente NOT IN ('buitenland', 'onbekend')) AS gemeenten,
           count(DISTINCT swv) FILTER (swv <> 'onbekend') AS swv,
           count(DISTINCT bestuur) FILTER (bestuur <> 'onbekend') AS besturen
    FROM partij GROUP BY ALL
), lid AS (
    SELECT schooljaar, 'gemeente' AS partij_soort, gebied AS partij FROM lid_gebied WHERE gebied_soort = 'woongemeente'
    UNION
    SELECT schooljaar, unnest(['school', 'bestuur', 'swv']), unnest([vestigingscode, bestuur, swv]) FROM lid_vestiging
)
SELECT schooljaar, partij_soort, partij,
       CASE WHEN partij_soort <> 'gemeente' THEN coalesce(gemeenten, 0) END AS gemeenten,
       CASE WHEN partij_soort = 'gemeente' THEN coalesce(swv, 0) END AS swv,
       CASE WHEN partij_soort = 'gemeente' THEN coalesce(besturen, 0) END AS besturen,
       coalesce(achter, 0) AS leerlingen_achter
FROM lid LEFT JOIN n USING (schooljaar, partij_soort, partij) WHERE partij NOT IN ('buitenland', 'onbekend')
ORDER BY ALL;
