// Which panels there are, and what each of them shows.
import { drawHours } from "./hours.js";
import { drawHits, drawVisits } from "./visits.js";
import { makeMap } from "./places.js";
import * as format from "./format.js";
import { el, visible } from "./dom.js";
import { hasGoals, isShown, shownTabs } from "./board.js";
import { Panel } from "./panel.js";
import { helpLink } from "./help.js";
import { isFilteredBy } from "./state.js";
import { _, withinWords } from "./words.js";

const page = { column: "page", dimension: "page", opens: true };
// Whose a page is: seen where there are several sites.
const site = { column: "site", dimension: "site", ofSite: true };
// A source without a name is what its channel says: direct, or a page of the site itself.
const unnamed = { internal: _("this site"), campaign: _("unnamed campaign") };
const source = { column: "source", dimension: "source",
  name: (text, row) => visible(text) || unnamed[row.channel] || _("direct"),
  filter: (row) => (row.source || !row.channel ? ["source", row.source] : ["channel", row.channel]) };

// Steps from page to page: a click goes on with the other page.
const ends = { "(exit)": _("visit ended"), "(entry)": _("visit began") };
const neighbour = (column) => ({ ...page, column, replaces: true, name: (text) => ends[text] || visible(text), filter: (row) => (ends[row[column]] ? [] : ["page", row[column]]) });
const beside = (write) => ({ column: "page", name: (text) => (isFilteredBy("page") ? "" : write(visible(text))) });

const pages = [
  { report: "pages", courses: true, label: _("Pages"), parts: [page, { column: "title" }, site], numbers: ["pageviews", "visitors", "unshown"], counted: ["unshown"] },
  { report: "entries", label: _("Entries"), parts: [{ ...page, dimension: "entry" }, { column: "title" }, site], numbers: ["visits", "bounce_rate", "duration"] },
  { report: "exits", label: _("Exits"), parts: [{ ...page, dimension: "exit" }, { column: "title" }, site], numbers: ["visits", "pageviews"] },
  { report: "localsearch", label: _("Searches"), parts: [{ column: "searchterms", dimension: "searchterms" }], numbers: ["searches", "pageviews"] },
  { report: "notfound", label: _("Not found"), parts: [page, { column: "link" }, { column: "referer", dimension: "referer" }, site], numbers: ["hits"] },
  { report: "downloads", label: _("Downloads"), parts: [page, site], numbers: ["hits", "bytes"] },
  { report: "next", alone: true, of: "page", label: _("Next"), parts: [neighbour("next"), beside((text) => _("from {0}", text)), site], numbers: ["steps"] },
  { report: "previous", alone: true, of: "page", label: _("Previous"), parts: [neighbour("previous"), beside((text) => _("to {0}", text)), site], numbers: ["steps"] },
];

const sources = [
  { report: "sources", label: _("Sources"), parts: [source, { column: "channel", dimension: "channel" }], numbers: ["visits", "pageviews", "bounce_rate"] },
  { report: "channels", label: _("Channels"), parts: [{ column: "channel", dimension: "channel" }], numbers: ["visits", "pageviews", "bounce_rate"] },
  { report: "referers", label: _("Referers"), parts: [{ column: "referer", dimension: "referer" }], numbers: ["pageviews"] },
  { report: "searchterms", label: _("Search terms"), parts: [{ column: "searchterms", dimension: "searchterms" }, source], numbers: ["pageviews"] },
  { report: "campaigns", label: _("Campaigns"), parts: [{ column: "campaign", dimension: "campaign" }, { column: "medium" }, { column: "term" }, { column: "content" }], numbers: ["visits", "pageviews", "bounce_rate"] },
];

const tongue = (tag) => {
  const name = format.language(tag);
  return !tag ? _("none") : name === tag ? visible(tag) : `${name} (${visible(tag)})`;
};

const code = (text) => el("code", {}, text);
const country = { column: "country", dimension: "country" };
// Where it is one of several names, its two letters are in many others.
const wholeCountries = (part) => format.countriesNamed(part).map((code) => `=${code}`);
const asNumber = (text) => (text === "0" ? "" : `AS${text}`);

// So it is without a file of countries, and for networks of one's own.
const withoutFile = (rows) => rows.every((row) => row.country === "")
  && [withinWords("No country is known of these. Countries come from a file; if the server has none, install {0} and run {1}.", code("tor-geoipdb"), code("slimstats country build")),
    " ", helpLink("start#countries", _("Countries"))];

const places = [
  { report: "countries", label: _("Countries"), parts: [country], numbers: ["visits", "visitors", "pageviews"], hint: withoutFile,
    rowsAtLeast: 300, meant: format.countriesNamed },
  { report: "regions", label: _("Regions"), rare: true, parts: [{ column: "region", dimension: "region" }, country], numbers: ["visits", "pageviews", "bounce_rate"], rows: 20,
    meant: wholeCountries },
  { report: "cities", label: _("Cities"), rare: true, parts: [{ column: "city", dimension: "city" }, country, { column: "region", dimension: "region" }], numbers: ["visits", "pageviews", "bounce_rate"], rows: 20,
    meant: wholeCountries },
  { report: "networks", label: _("Networks"), rare: true, parts: [{ column: "network", dimension: "network" }, { column: "number", name: asNumber }], numbers: ["visits", "pageviews", "bounce_rate"], rows: 20 },
  { report: "languages", label: _("Languages"), parts: [{ column: "language", dimension: "language", name: tongue }], numbers: ["visits", "visitors", "pageviews"],
    rows: 20, meant: format.languagesNamed },
];

const browser = { column: "browser", dimension: "browser" };
const platform = { column: "platform", dimension: "platform" };
const robot = { column: "class", dimension: "robot" };

const clients = [
  { report: "families", label: _("Browsers"), parts: [browser], numbers: ["visits", "visitors", "pageviews"],
    below: { report: "browsers", what: _("versions"), parts: [browser, { column: "version", dimension: "version" }] } },
  { report: "systems", label: _("Systems"), parts: [platform], numbers: ["visits", "visitors", "pageviews"],
    below: { report: "platforms", what: _("versions"), parts: [platform, { column: "version" }] } },
  { report: "classes", label: _("Robots"), parts: [robot], numbers: ["hits", "pageviews", "bytes"],
    below: { report: "robots", what: _("robots"), parts: [{ column: "robot" }, robot] } },
  { report: "marks", label: _("Marks"), parts: [{ column: "mark", dimension: "mark", about: format.markMeans }], numbers: ["clients", "people", "hits"] },
  { report: "addresses", alone: true, label: _("Addresses"), parts: [{ column: "ip", dimension: "ip" }, country], numbers: ["hits", "pageviews", "errors"], meant: wholeCountries },
];

const operator = { column: "operator", dimension: "operator" }, purpose = { column: "purpose", dimension: "purpose" };

const machines = [
  { report: "robots", label: _("Robots"), parts: [{ column: "robot" }, operator, purpose], numbers: ["hits", "bytes", "pageviews", "error_rate", "time_us"], rows: 15 },
  { report: "operators", label: _("Operators"), parts: [operator], numbers: ["hits", "bytes", "pageviews", "error_rate", "time_us", "robots"], rows: 15 },
  { report: "crawled", alone: true, label: _("Last seen"), parts: [{ column: "robot" }, operator, purpose], numbers: ["pages", "pageviews", "first_seen", "last_seen"], rows: 15 },
  { report: "proofs", alone: true, label: _("Proof"), parts: [{ column: "robot" }, { column: "proof", dimension: "proof", isBad: (row) => row.proof === "false" }, operator, purpose], numbers: ["hits", "bytes", "addresses", "last_seen"], rows: 15 },
  { report: "leaks", alone: true, label: _("Leaks"), parts: [{ column: "path", dimension: "resource" }, { column: "open", name: (open) => (open === "1" ? _("still answered") : _("refused since")) }, site], numbers: ["last_seen", "hits", "clients", "status", "bytes", "first_seen"], rows: 15 },
];

const taken = ["train_pages", "index_pages", "fetch_pages"];
const aboutSent = () => _("Visits are of people, from the operator's assistants and its search engine: AI overviews arrive as search, apps that send no referer as direct.");

const ai = [
  { report: "ai", alone: true, label: _("Taken and sent"), parts: [operator, { column: "ratio", name: (text) => (text === "–" ? "" : text) }], numbers: [...taken, "visits", "bytes", "time_us"], hint: aboutSent },
  { report: "aipages", alone: true, label: _("Pages read"), parts: [page, site], numbers: ["reads", "landings"] },
  { report: "aigap", alone: true, label: _("Read by none"), parts: [page, { column: "title" }, site], numbers: ["pageviews", "visitors"] },
];

const server = [
  { report: "status", label: _("Status"), parts: [{ column: "status", dimension: "status" }], numbers: ["hits", "bytes"] },
  { report: "kinds", label: _("Kinds"), parts: [{ column: "kind", dimension: "kind" }], numbers: ["hits", "bytes"] },
  { report: "files", label: _("Files"), parts: [page, { column: "kind", dimension: "kind" }, site], numbers: ["hits", "bytes", "errors", "time_us"] },
  { report: "errors", label: _("Errors"), parts: [page, { column: "status", dimension: "status" }, site], numbers: ["hits", "bytes"] },
  { report: "slow", alone: true, label: _("Slow pages"), parts: [page, site], numbers: ["p90_us", "p50_us", "pageviews"] },
  { report: "servers", label: _("Servers"), rare: true, several: true, parts: [{ column: "server", dimension: "server" }], numbers: ["hits", "pageviews", "errors", "time_us"] },
  { report: "sites", label: _("Sites"), parts: [{ column: "site", dimension: "site" }], numbers: ["visits", "visitors", "pageviews"] },
];

const latest = [
  { report: "visits", alone: true, label: _("Visits"), draw: drawVisits, rows: 7, searched: "page" },
  { report: "recent", alone: true, label: _("Hits"), draw: drawHits, rows: 10, searched: "resource" },
];

// What goals are is said by a file of the site's: without one there is no panel.
const goals = [
  { report: "goals", label: _("Goals"), parts: [{ column: "goal", dimension: "goal" }], numbers: ["conversions", "conversion_rate", "visitors"] },
  { report: "funnel", alone: true, label: _("Funnel"), parts: [{ column: "goal", dimension: "goal", name: (text) => visible(text) || _("All visits"), filter: (row) => (row.goal ? ["goal", row.goal] : []) }],
    numbers: ["visits", "step_rate", "conversion_rate"] },
];

const makeShown = (all) => all.map(([id, name, tabs, options]) => [id, name, shownTabs(tabs), options])
  .filter(([, , tabs]) => tabs.length > 0).map((one) => new Panel(...one));

export function makeMachinePanels() {
  return makeShown([["machines", _("Who reads this site"), machines, { shape: "whole" }], ["ai", _("AI: what it takes, what it sends"), ai, { shape: "whole" }]]);
}

export function makePanels() {
  return makeShown([
    ["pages", _("Pages"), pages, { help: "words-hits#page-view" }],
    ["sources", _("Sources"), sources, { help: "words-sources#source" }],
    ...(hasGoals() ? [["goals", _("Goals"), goals, { shape: "low", help: "goals" }]] : []),
    ["places", _("Places"), places, { above: isShown("countries") ? makeMap() : undefined, shape: "tall", help: "words-sources#country" }],
    ["clients", _("Clients"), clients, { shape: "low", help: "robots" }],
    ["when", _("When"), [{ report: "hours", label: _("Hours of the week"), draw: drawHours, rows: 168 }], { shape: "low", help: "words-visits#visit" }],
    ["server", _("Server"), server, { help: "words-hits#hit" }],
    ["latest", _("Latest"), latest, { shape: "wide", help: "privacy" }],
  ]);
}
