-- Gives a new version of a platform its number.
insert into platform_version (platform, version)
values (:of, :version)
