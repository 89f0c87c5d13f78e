// Which panels there are, and what each of them shows.
import { drawHours } from "./hours.js";
import { drawHits, drawVisits } from "./visits.js";
import { makeMap } from "./places.js";
import * as format from "./format.js";
import { visible } from "./dom.js";
import { Panel } from "./panel.js";

const page = { column: "page", dimension: "page" };
// Whose a page is: seen where there are several sites.
const site = { column: "site", dimension: "site", ofSite: true };
// A source without a name is what its channel says: direct, or a page of the site itself.
const unnamed = { internal: "this site", campaign: "unnamed campaign" };
const source = { column: "source", dimension: "source",
  name: (text, row) => visible(text) || unnamed[row.channel] || "direct",
  filter: (row) => (row.source || !row.channel ? ["source", row.source] : ["channel", row.channel]) };

const pages = [
  { report: "pages", label: "Pages", parts: [page, { column: "title" }, site], numbers: ["pageviews", "visitors", "unshown"], counted: ["unshown"] },
  { report: "entries", label: "Entries", parts: [{ column: "page", dimension: "entry" }, { column: "title" }, site], numbers: ["visits", "bounce_rate", "duration"] },
  { report: "exits", label: "Exits", parts: [{ column: "page", dimension: "exit" }, { column: "title" }, site], numbers: ["visits", "pageviews"] },
  { report: "localsearch", label: "Searches", parts: [{ column: "searchterms", dimension: "searchterms" }], numbers: ["searches", "pageviews"] },
  { report: "notfound", label: "Not found", parts: [page, { column: "link" }, { column: "referer", dimension: "referer" }, site], numbers: ["hits"] },
  { report: "downloads", label: "Downloads", parts: [page, site], numbers: ["hits", "bytes"] },
];

const sources = [
  { report: "sources", label: "Sources", parts: [source, { column: "channel", dimension: "channel" }], numbers: ["visits", "pageviews", "bounce_rate"] },
  { report: "channels", label: "Channels", parts: [{ column: "channel", dimension: "channel" }], numbers: ["visits", "pageviews", "bounce_rate"] },
  { report: "referers", label: "Referers", parts: [{ column: "referer", dimension: "referer" }], numbers: ["pageviews"] },
  { report: "searchterms", label: "Search terms", parts: [{ column: "searchterms", dimension: "searchterms" }, source], numbers: ["pageviews"] },
  { report: "campaigns", label: "Campaigns", parts: [{ column: "campaign", dimension: "campaign" }, { column: "medium" }, { column: "term" }, { column: "content" }], numbers: ["visits", "pageviews", "bounce_rate"] },
];

const tongue = (tag) => {
  const name = format.language(tag);
  return !tag ? "none" : name === tag ? visible(tag) : `${name} (${visible(tag)})`;
};

const country = { column: "country", dimension: "country" };
// Where it is one of several names, its two letters are in many others.
const wholeCountries = (part) => format.countriesNamed(part).map((code) => `=${code}`);
const asNumber = (text) => (text === "0" ? "" : `AS${text}`);

const places = [
  { report: "countries", label: "Countries", parts: [country], numbers: ["visits", "visitors", "pageviews"],
    rowsAtLeast: 300, meant: format.countriesNamed },
  { report: "regions", label: "Regions", rare: true, parts: [{ column: "region", dimension: "region" }, country], numbers: ["visits", "pageviews", "bounce_rate"], rows: 20,
    meant: wholeCountries },
  { report: "cities", label: "Cities", rare: true, parts: [{ column: "city", dimension: "city" }, country, { column: "region", dimension: "region" }], numbers: ["visits", "pageviews", "bounce_rate"], rows: 20,
    meant: wholeCountries },
  { report: "networks", label: "Networks", rare: true, parts: [{ column: "network", dimension: "network" }, { column: "number", name: asNumber }], numbers: ["visits", "pageviews", "bounce_rate"], rows: 20 },
  { report: "languages", label: "Languages", parts: [{ column: "language", dimension: "language", name: tongue }], numbers: ["visits", "visitors", "pageviews"],
    rows: 20, meant: format.languagesNamed },
];

const browser = { column: "browser", dimension: "browser" };
const platform = { column: "platform", dimension: "platform" };
const robot = { column: "class", dimension: "robot" };

const clients = [
  { report: "families", label: "Browsers", parts: [browser], numbers: ["visits", "visitors", "pageviews"],
    below: { report: "browsers", what: "versions", parts: [browser, { column: "version", dimension: "version" }] } },
  { report: "systems", label: "Systems", parts: [platform], numbers: ["visits", "visitors", "pageviews"],
    below: { report: "platforms", what: "versions", parts: [platform, { column: "version" }] } },
  { report: "classes", label: "Robots", parts: [robot], numbers: ["hits", "pageviews", "bytes"],
    below: { report: "robots", what: "robots", parts: [{ column: "robot" }, robot] } },
  { report: "marks", label: "Marks", parts: [{ column: "mark", dimension: "mark", about: format.markMeans }], numbers: ["clients", "people", "hits"] },
  { report: "addresses", alone: true, label: "Addresses", parts: [{ column: "ip", dimension: "ip" }, country], numbers: ["hits", "pageviews", "errors"], meant: wholeCountries },
];

const server = [
  { report: "status", label: "Status", parts: [{ column: "status", dimension: "status" }], numbers: ["hits", "bytes"] },
  { report: "kinds", label: "Kinds", parts: [{ column: "kind", dimension: "kind" }], numbers: ["hits", "bytes"] },
  { report: "files", label: "Files", parts: [page, { column: "kind", dimension: "kind" }, site], numbers: ["hits", "bytes", "errors", "time_us"] },
  { report: "errors", label: "Errors", parts: [page, { column: "status", dimension: "status" }, site], numbers: ["hits", "bytes"] },
  { report: "slow", alone: true, label: "Slow pages", parts: [page, site], numbers: ["p90_us", "p50_us", "pageviews"] },
  { report: "servers", label: "Servers", rare: true, several: true, parts: [{ column: "server", dimension: "server" }], numbers: ["hits", "pageviews", "errors", "time_us"] },
  { report: "sites", label: "Sites", parts: [{ column: "site", dimension: "site" }], numbers: ["visits", "visitors", "pageviews"] },
];

const latest = [
  { report: "visits", alone: true, label: "Visits", draw: drawVisits, rows: 7, searched: "page" },
  { report: "recent", alone: true, label: "Hits", draw: drawHits, rows: 10, searched: "resource" },
];

export function makePanels() {
  return [
    new Panel("pages", "Pages", pages),
    new Panel("sources", "Sources", sources),
    new Panel("places", "Places", places, { above: makeMap(), shape: "tall" }),
    new Panel("clients", "Clients", clients, { shape: "low" }),
    new Panel("when", "When", [{ report: "hours", label: "Hours of the week", draw: drawHours, rows: 168 }], { shape: "low" }),
    new Panel("server", "Server", server),
    new Panel("latest", "Latest", latest, { shape: "wide" }),
  ];
}
