// What is asked for: all of it in the page's address, in the API's words.
import { _, locale } from "./words.js";

export const ranges = [
  { name: _("Today"), since: "today" },
  { name: _("Yesterday"), since: "yesterday", until: "yesterday" },
  { name: _("7 days"), since: "7d", about: _("today and the 7 days before") },
  { name: _("28 days"), since: "28d", about: _("today and the 28 days before") },
  { name: _("90 days"), since: "90d", about: _("today and the 90 days before") },
  { name: _("Week"), since: "week", about: _("this week") },
  { name: _("Month"), since: "month", about: _("this month") },
  { name: _("Year"), since: "year", about: _("this year") },
  { name: _("All"), since: "all" },
];

// The range that is chosen; undefined: one of its own.
export function range() {
  return ranges.find((r) => r.since === state.since && (r.until || "") === state.until);
}

// What the timeline can draw.
export const figures = ["visitors", "visits", "pageviews", "pages_per_visit", "bounce_rate", "duration", "errors", "hits", "bytes"];

// What a panel is asked for, as ID:VALUE each.
const panelWords = ["tab", "sort", "rows", "search"];

const browserZone = new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
let zoneUnknown = false;

export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

// The day that weeks begin with where the reader is; a browser that does not know it takes the one of ISO 8601.
function readersDay() {
  const known = new Intl.Locale(locale), { firstDay } = (known.getWeekInfo ? known.getWeekInfo() : known.weekInfo) || { firstDay: 1 };
  return weekdays[firstDay - 1];
}

export const ownDay = readersDay();

const listeners = [];

export let state = read(location.search);

function parseFilter(text) {
  const found = text.match(/^([a-z]+)(=|!=|~)([^]*)$/);
  return found && { dimension: found[1], operator: found[2], value: found[3] };
}

function readPanels(words) {
  const panels = {};
  for (const word of panelWords) {
    for (const text of words.getAll(word)) {
      const [, id, value] = text.match(/^([a-z]+):([^]+)$/) || [];
      if (id) panels[id] = { ...(Object.hasOwn(panels, id) && panels[id]), [word]: value };
    }
  }
  return panels;
}

function read(search) {
  const words = new URLSearchParams(search);
  return {
    since: words.get("since") || "7d",
    until: words.get("until") || "",
    tz: words.get("tz") || "",
    week: words.get("week") || "",
    lang: words.get("lang") || "",
    by: words.get("by") || "",
    figure: figures.includes(words.get("figure")) ? words.get("figure") : "visitors",
    view: ["ledger", "machines"].includes(words.get("view")) ? words.get("view") : "",
    robots: words.get("robots") === "on",
    compare: words.get("compare") !== "off",
    segment: words.get("segment") || "",
    filters: words.getAll("where").map(parseFilter).filter(Boolean),
    panels: readPanels(words),
  };
}

// The page's address for another state.
export function write(s) {
  const words = new URLSearchParams();
  if (s.since !== "7d" || s.until) words.set("since", s.since);
  if (s.until) words.set("until", s.until);
  if (s.tz) words.set("tz", s.tz);
  if (s.week) words.set("week", s.week);
  if (s.lang) words.set("lang", s.lang);
  if (s.by) words.set("by", s.by);
  if (s.figure !== "visitors") words.set("figure", s.figure);
  if (s.robots) words.set("robots", "on");
  if (!s.compare) words.set("compare", "off");
  if (s.view) words.set("view", s.view);
  if (s.segment) words.set("segment", s.segment);
  for (const f of s.filters) words.append("where", f.dimension + f.operator + f.value);
  for (const [id, panel] of Object.entries(s.panels)) {
    for (const word of panelWords) if (panel[word]) words.append(word, `${id}:${panel[word]}`);
  }
  const text = words.toString();
  return location.pathname + (text ? `?${text}` : "");
}

export function onChange(listener) {
  listeners.push(listener);
}

// isBack: to what was shown already.
function tell(before, isBack) {
  for (const listener of listeners) listener(state, before, isBack);
}

// inPlace: the step before was one towards this one, as while a word is typed.
export function go(changes, inPlace) {
  const before = state;
  state = { ...state, ...changes };
  if (write(state) === write(before)) return;
  history[inPlace ? "replaceState" : "pushState"](null, "", write(state));
  tell(before, false);
}

// As it is shown at first.
export function startOver() {
  go({ since: "7d", until: "", tz: "", week: "", by: "", segment: "", filters: [], robots: false, view: "", figure: "visitors" });
}

export function panelState(id) {
  return state.panels[id] || {};
}

export function changePanel(id, changes, inPlace) {
  go({ panels: { ...state.panels, [id]: { ...panelState(id), ...changes } } }, inPlace);
}

addEventListener("popstate", () => {
  const before = state;
  state = read(location.search);
  tell(before, true);
});

// --- filters ---

let limits = null; // a view's: names of dimensions

export function limitFilters(names) {
  limits = names;
}

export const mayFilter = (dimension) => !limits || limits.includes(dimension);

const same = (a, b) => a.dimension === b.dimension && a.value === b.value;

export function filterOn(dimension, value) {
  return state.filters.find((f) => f.dimension === dimension && f.value === value);
}

// A first time all is filtered by the value, a second time it is left out instead. above: {dimension,
// value} that is filtered by as well.
export function toggleFilter(dimension, value, above) {
  if (!mayFilter(dimension)) return;
  const known = filterOn(dimension, value);
  const rest = state.filters.filter((f) => !same(f, { dimension, value }));
  if (above && !known && !rest.some((f) => same(f, above))) rest.push({ ...above, operator: "=" });
  const operator = known && known.operator === "=" ? "!=" : "=";
  const robots = state.robots || (["robot", "operator", "purpose", "proof"].includes(dimension) && value !== "");
  go({ filters: [...rest, { dimension, operator, value }], robots });
}

// In place of what that dimension is filtered by.
export function replaceFilter(dimension, value) {
  go({ filters: [...state.filters.filter((f) => f.dimension !== dimension), { dimension, operator: "=", value }] });
}

// Whether single hits have to be read: the sums of days know their site and class of robot alone.
export function readsHits() {
  return state.segment !== "" || state.filters.some((f) => f.dimension !== "site" && f.dimension !== "robot");
}

export function isFilteredBy(dimension) {
  return state.filters.some((f) => f.dimension === dimension && f.operator === "=");
}

export function removeFilter(filter) {
  go({ filters: state.filters.filter((f) => f !== filter) });
}

// --- words for the API ---

export const zones = [browserZone, ...(browserZone === "UTC" ? [] : ["UTC"])];

export function zone() {
  return state.tz || (zoneUnknown ? "UTC" : browserZone);
}

export const firstDay = () => state.week || ownDay;

// How many days behind Monday weeks begin.
export const daysBehindMonday = () => Math.max(0, weekdays.indexOf(firstDay()));

// The server may know fewer zones than the browser. Whether another one is left to try.
export function forgetZone() {
  const left = !state.tz && !zoneUnknown && browserZone !== "UTC";
  zoneUnknown = true;
  return left;
}

export function reachesNow() {
  return !state.until && state.since !== "yesterday";
}

const bySince = new Map([["today", "hour"], ["yesterday", "hour"], ["year", "week"], ["all", "month"]]);

export function bucket() {
  if (state.by) return state.by;
  if (state.until && /^\d/.test(state.since) && /^\d/.test(state.until)) {
    const days = (Date.parse(state.until.slice(0, 10)) - Date.parse(state.since.slice(0, 10))) / 86400000;
    return days < 3 ? "hour" : days < 100 ? "day" : days < 500 ? "week" : "month";
  }
  return bySince.get(state.since) || "day";
}

export function words(extra) {
  const asked = new URLSearchParams({ since: state.since, tz: zone() });
  if (state.until) asked.set("until", state.until);
  if (firstDay() !== weekdays[0]) asked.set("week", firstDay());
  if (state.robots) asked.set("robots", "on");
  if (state.segment) asked.set("segment", state.segment);
  for (const f of state.filters) asked.append("where", f.dimension + f.operator + f.value);
  for (const [name, value] of Object.entries(extra || {})) {
    if (value === undefined || value === "") continue;
    if (name === "where") asked.append(name, value);
    else if (Array.isArray(value)) value.forEach((one) => asked.append(name, one));
    else asked.set(name, value);
  }
  return asked;
}
