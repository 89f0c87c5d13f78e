-- Gives a new version of a browser its number.
insert into browser_version (browser, version)
values (:of, :version)
