// The latest visits with the pages they saw, and the latest hits.
import { el, visible } from "./dom.js";
import { table } from "./api.js";
import * as format from "./format.js";
import { toggleFilter, zone } from "./state.js";
import { dimensionName, valueName } from "./head.js";
import { _, withinWords } from "./words.js";

function filter(dimension, value, name) {
  return value === "" ? null : el("button", { type: "button", class: dimension === "site" ? "value muted of-site" : "value muted", title: `${dimensionName(dimension)}: ${value}`,
    on: { click: () => toggleFilter(dimension, value) } }, el("bdi", {}, name || visible(value)));
}

const nothing = () => el("p", { class: "empty" }, _("nothing in this period"));

function who(row) {
  return el("span", { class: "who" }, filter("site", row.site), filter("country", row.country, format.country(row.country)),
    filter("browser", row.browser), filter("platform", row.platform), row.robot === "none" ? null : filter("robot", row.robot), filter("ip", row.ip));
}

function marks(row) {
  return row.marks ? row.marks.split(", ").map((mark) => el("button", { type: "button", class: "mark", title: `${dimensionName("mark")}: ${format.markMeans(mark)}`,
    on: { click: () => toggleFilter("mark", mark) } }, mark)) : null;
}

// Steps of a path are apart by " > ", which no page has within: requests have no spaces.
function steps(path) {
  return path.split(" > ").map((page) => el("li", {}, el("button", { type: "button", class: "value", title: page,
    on: { click: () => toggleFilter("page", page) } }, el("bdi", {}, visible(page)))));
}

export function drawVisits(answer) {
  const rows = table(answer);
  if (!rows.length) return nothing();
  return el("ul", { class: "visits" }, rows.map((row) => el("li", {},
    el("div", { class: "line1" }, el("time", {}, format.moment(row.time, zone())),
      el("span", {}, `${row.pageviews === 1 ? _("1 page") : _("{0} pages", format.number("count", row.pageviews))}${row.duration ? `, ${format.span(row.duration)}` : ""}`),
      filter("source", row.source) || el("span", { class: "muted" }, valueName("channel", row.channel || "direct")), who(row), marks(row)),
    el("ol", { class: "steps" }, steps(row.path)))));
}

export function drawHits(answer) {
  const rows = table(answer);
  if (!rows.length) return nothing();
  return el("ul", { class: "visits" }, rows.map((row) => el("li", {},
    el("div", { class: "line1" }, el("time", {}, format.moment(row.time, zone())),
      el("button", { type: "button", class: row.status >= 400 ? "value bad" : "value muted", on: { click: () => toggleFilter("status", String(row.status)) } }, String(row.status)),
      el("button", { type: "button", class: "value", title: `${row.method} ${row.resource}`, on: { click: () => toggleFilter("resource", row.resource) } }, el("bdi", {}, visible(row.resource))),
      el("span", { class: "grow" }), who(row)),
    row.referer ? el("div", { class: "muted from" }, withinWords("from {0}", el("bdi", {}, visible(row.referer)))) : null)));
}
