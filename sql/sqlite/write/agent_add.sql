-- Gives a new agent its number.
insert into agent (name, browser, platform, robot, version_full)
values (:name, :browser, :platform, :robot, :version_full)
