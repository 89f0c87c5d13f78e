-- What visitors speak.
select
  language.name as language,
  count(*) as hits,
  sum(hit.pageview) as pageviews,
  sum(hit.bytes) as bytes,
  count(distinct hit.address) as addresses
from hit
join language on language.id = hit.language
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by language.id
