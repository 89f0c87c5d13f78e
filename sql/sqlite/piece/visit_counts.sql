-- Visits that count: those without a page view have no entry, and nothing that goes by it.
visit.pageviews > 0
