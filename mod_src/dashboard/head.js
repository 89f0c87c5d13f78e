// The head: whose visits, which time, and what is filtered by.
import { el, icon, visible } from "./dom.js";
import { ask, table } from "./api.js";
import * as format from "./format.js";
import { go, range, ranges, removeFilter, startOver, state, toggleFilter, words, zone } from "./state.js";

const cross = "M4 4l8 8M12 4l-8 8";

// --- light and dark ---

const themes = ["", "light", "dark"];
const themeNames = { "": "as the system", light: "light", dark: "dark" };
let theme = "";

function setTheme(name) {
  theme = themes.includes(name) ? name : "";
  document.documentElement.dataset.theme = theme;
  const label = `Colours: ${themeNames[theme]}`;
  themeButton.setAttribute("aria-label", label);
  themeButton.title = label;
}

function nextTheme() {
  setTheme(themes[(themes.indexOf(theme) + 1) % themes.length]);
  try {
    localStorage.setItem("slimstats-theme", theme);
  } catch {
    // a browser that keeps nothing: the choice lasts as long as the page
  }
}

const themeButton = el("button", { class: "quiet square", type: "button", on: { click: nextTheme } },
  icon("M8 2a6 6 0 1 0 0 12z", "M8 2a6 6 0 0 1 0 12"));

// --- controls ---

let onlySite = "";
const siteChoice = el("select", { "aria-label": "Site", hidden: true, on: { change: chooseSite } });
const live = el("span", { class: "live", hidden: true }, el("i", { class: "dot", "aria-hidden": "true" }), el("span"));
const rangeBar = el("div", { class: "segments", role: "group", "aria-label": "Range" });
const from = el("input", { type: "date", "aria-label": "From" });
const to = el("input", { type: "date", "aria-label": "To" });
const between = el("span", { class: "between", hidden: true }, from, "–", to,
  el("button", { type: "button", on: { click: chooseDates } }, "Show"));
const compare = el("input", { type: "checkbox", on: { change: () => go({ compare: compare.checked }) } });
const robots = el("input", { type: "checkbox", on: { change: () => go({ robots: robots.checked }) } });
const chips = el("ul", { class: "chips", "aria-label": "Filters" });

function chooseSite() {
  const rest = state.filters.filter((f) => f.dimension !== "site");
  go({ filters: siteChoice.value ? [...rest, { dimension: "site", operator: "=", value: siteChoice.value }] : rest });
}

function chooseDates() {
  if (from.value && to.value) {
    const [since, until] = [from.value, to.value].sort();
    go({ since, until, by: "" });
  }
}

function showRange() {
  const known = range();
  const buttons = ranges.map((r) => el("button", {
    type: "button", "aria-pressed": String(r === known), title: r.about || "",
    on: { click: () => go({ since: r.since, until: r.until || "", by: "" }) },
  }, r.name));
  const own = el("button", {
    type: "button", "aria-pressed": String(!known), "aria-expanded": String(!known),
    on: { click: () => {
      between.hidden = !between.hidden;
      own.setAttribute("aria-expanded", String(!between.hidden));
      if (!between.hidden) from.focus();
    } },
  }, "From – to");
  rangeBar.replaceChildren(...buttons, own);
  between.hidden = Boolean(known);
  if (!known) {
    from.value = state.since.slice(0, 10);
    to.value = state.until.slice(0, 10);
  }
}

const emptyNames = new Map([["source", "direct"], ["country", "unknown"], ["browser", "unknown"], ["platform", "unknown"], ["version", "unknown"],
  ["region", "unknown"], ["city", "unknown"], ["network", "unknown"]]);

// Of these a filter may have several values, with commas between.
const listed = new Set(["site", "domain", "channel", "language", "country", "browser", "version", "platform", "robot", "kind", "method", "tls", "server", "status", "ip",
  "visit", "mark"]);

function valuesName(dimension, value) {
  const values = listed.has(dimension) ? value.split(",") : [value];
  return values.map((one) => valueName(dimension, one)).join(", ");
}

export function valueName(dimension, value) {
  if (value === "") return emptyNames.get(dimension) || "none";
  if (dimension === "country") return format.country(value);
  return visible(value);
}

const operators = { "=": "is", "!=": "is not", "~": "has" };

function chip(filter) {
  const name = (filter.operator === "~" ? valueName : valuesName)(filter.dimension, filter.value);
  const turn = filter.operator === "=" ? "leave it out instead" : "show only this";
  const sign = filter.operator === "~"
    ? el("span", { class: "operator" }, operators["~"])
    : el("button", { type: "button", class: "operator", title: turn, "aria-label": `${filter.dimension} ${operators[filter.operator]} ${name}: ${turn}`,
      on: { click: () => toggleFilter(filter.dimension, filter.value) } }, operators[filter.operator]);
  return el("li", { class: filter.operator === "!=" ? "chip without" : "chip" },
    el("span", { class: "dimension" }, filter.dimension), sign, el("bdi", { title: name }, name),
    el("button", { type: "button", class: "remove", "aria-label": `remove the filter ${filter.dimension} ${name}`,
      on: { click: () => removeFilter(filter) } }, icon(cross)));
}

function showChips() {
  const all = state.filters.length > 1
    ? [el("li", {}, el("button", { type: "button", class: "link", on: { click: () => go({ filters: [] }) } }, "remove all"))] : [];
  chips.replaceChildren(...state.filters.map(chip), ...all);
  chips.hidden = !state.filters.length;
}

function showSite() {
  const chosen = state.filters.find((f) => f.dimension === "site" && f.operator === "=");
  siteChoice.value = chosen ? chosen.value : "";
}

// What a tab is told from others by.
function showTitle() {
  const chosen = state.filters.find((f) => f.dimension === "site" && f.operator === "=");
  const site = chosen ? chosen.value : onlySite, known = range();
  const days = known ? known.name : [state.since, state.until].filter(Boolean).join(" – ");
  const about = state.view === "ledger" ? "Ledger" : [site, days].filter(Boolean).join(", ");
  document.title = `${visible(about)} – slimstats`;
}

export function showHead() {
  showTitle();
  showRange();
  showChips();
  showSite();
  compare.checked = state.compare;
  robots.checked = state.robots;
}

// The sites of all time: one that is silent now can be chosen too.
export async function loadSites() {
  const answer = await ask("sites", new URLSearchParams({ since: "all", limit: "1000", robots: "on" }));
  const names = table(answer).map((row) => row.site).filter(Boolean).sort();
  siteChoice.replaceChildren(el("option", { value: "" }, "All sites"),
    ...names.map((name) => el("option", { value: name }, visible(name))));
  siteChoice.hidden = names.length < 2;
  document.body.classList.toggle("several-sites", names.length > 1);
  onlySite = names.length === 1 ? names[0] : "";
  showTitle();
  showSite();
}

export async function loadLive() {
  const asked = words({ limit: 1000 });
  asked.delete("since"); // the report's own: five minutes
  asked.delete("until");
  const { online } = (await ask("online", asked)).totals;
  live.hidden = false;
  live.classList.toggle("on", online > 0);
  live.lastChild.textContent = `${format.number("count", online)} now`;
  live.title = "visitors within the last five minutes";
}

export function makeHead(place) {
  place.append(
    el("div", { class: "row" },
      el("h1", {}, el("a", { href: location.pathname, on: { click: home } }, "slimstats")), siteChoice, live,
      el("span", { class: "grow" }),
      el("label", { class: "switch" }, compare, "Compare"), el("label", { class: "switch" }, robots, "Robots"), themeButton),
    el("div", { class: "row" }, rangeBar, between, el("span", { class: "zone", title: "time zone of days and hours" }, zone())),
    chips);
  let kept = "";
  try {
    kept = localStorage.getItem("slimstats-theme") || "";
  } catch {
    // a browser that keeps nothing
  }
  setTheme(kept);
  showHead();
}

function home(event) {
  event.preventDefault();
  startOver();
}
