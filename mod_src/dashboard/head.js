// The head: whose visits, which time, and what is filtered by.
import { el, icon, visible } from "./dom.js";
import { ask, table } from "./api.js";
import * as format from "./format.js";
import { isView, segmentsOffered } from "./board.js";
import { firstDay, go, ownDay, range, ranges, removeFilter, startOver, state, toggleFilter, weekdays, words, zone, zones } from "./state.js";
import { _ } from "./words.js";

const cross = "M4 4l8 8M12 4l-8 8";

// --- light and dark ---

const themes = ["", "light", "dark"];
const themeNames = { "": _("as the system"), light: _("light"), dark: _("dark") };
let theme = "";

function setTheme(name) {
  theme = themes.includes(name) ? name : "";
  document.documentElement.dataset.theme = theme;
  const label = _("Colours: {0}", themeNames[theme]);
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
const siteChoice = el("select", { "aria-label": _("Site"), hidden: true, on: { change: chooseSite } });
const live = el("span", { class: "live", hidden: true }, el("i", { class: "dot", "aria-hidden": "true" }), el("span"));
const rangeBar = el("div", { class: "segments", role: "group", "aria-label": _("Range") });
const from = el("input", { type: "date", "aria-label": _("From") });
const to = el("input", { type: "date", "aria-label": _("To") });
const between = el("span", { class: "between", hidden: true }, from, "–", to,
  el("button", { type: "button", on: { click: chooseDates } }, _("Show")));
const compare = el("input", { type: "checkbox", on: { change: () => go({ compare: compare.checked }) } });
const robots = el("input", { type: "checkbox", on: { change: () => go({ robots: robots.checked }) } });
const viewBar = el("div", { class: "segments", role: "group", "aria-label": _("View") });
const views = { "": _("People"), machines: _("Machines") };
const segmentChoice = el("select", { "aria-label": _("Segment"), hidden: true, on: { change: () => go({ segment: segmentChoice.value }) } });
const chips = el("ul", { class: "chips", "aria-label": _("Filters") });

const zoneChoice = el("select", { class: "zone", "aria-label": _("Time zone of days and hours"), title: _("Time zone of days and hours"),
  on: { focus: offerZones, change: () => go({ tz: zoneChoice.value === zones[0] ? "" : zoneChoice.value }) } });

function showZones(names) {
  const all = [...new Set([...names, zone()])];
  zoneChoice.replaceChildren(...all.map((name) => el("option", { value: name }, name.replaceAll("_", " "))));
  zoneChoice.value = zone();
}

// All there are, once somebody looks: they are four hundred.
function offerZones() {
  if (zoneChoice.length < 100) showZones([...zones, ...Intl.supportedValuesOf("timeZone")]);
}

const dayChoice = el("select", { class: "zone", "aria-label": _("First day of weeks"), title: _("First day of weeks"),
  on: { change: () => go({ week: dayChoice.value === ownDay ? "" : dayChoice.value }) } });

const dayName = (day) => format.weekday(`2024-01-0${weekdays.indexOf(day) + 1}`); // the first was a Monday

// Those that some country has, and what the address says.
function showFirstDay() {
  const days = ["monday", "friday", "saturday", "sunday", firstDay()].filter((day, i, all) => weekdays.includes(day) && all.indexOf(day) === i);
  dayChoice.replaceChildren(...days.map((day) => el("option", { value: day }, _("Week from {0}", dayName(day)))));
  dayChoice.value = firstDay();
}

function chooseSite() {
  const rest = state.filters.filter((f) => f.dimension !== "site");
  go({ filters: siteChoice.value ? [...rest, { dimension: "site", operator: "=", value: siteChoice.value }] : rest });
}

function showViews() {
  viewBar.hidden = isView();
  viewBar.replaceChildren(...Object.entries(views).map(([view, name]) => el("button", { type: "button", "aria-current": state.view === view && "page",
    on: { click: () => go({ view }) } }, name)));
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
  }, _("From – to"));
  rangeBar.replaceChildren(...buttons, own);
  between.hidden = Boolean(known);
  if (!known) {
    from.value = state.since.slice(0, 10);
    to.value = state.until.slice(0, 10);
  }
}

const unknown = _("unknown");
const emptyNames = { source: _("direct"), operator: unknown, country: unknown, browser: unknown, platform: unknown, version: unknown, region: unknown, city: unknown,
  network: unknown };

const dimensionNames = {
  page: _("page"), entry: _("entry"), exit: _("exit"), resource: _("resource"), kind: _("kind"), status: _("status"), site: _("site"), server: _("server"),
  source: _("source"), channel: _("channel"), referer: _("referer"), domain: _("domain"), searchterms: _("search terms"), campaign: _("campaign"),
  country: _("country"), region: _("region"), city: _("city"), network: _("network"), language: _("language"), browser: _("browser"),
  version: _("version"), platform: _("platform"), robot: _("robot"), operator: _("operator"), purpose: _("purpose"), proof: _("proof"), mark: _("mark"), goal: _("goal"), ip: _("address"), visit: _("visit"), method: _("method"),
};

// Words of ours among the values.
const valueNames = {
  channel: { search: _("search"), social: _("social"), ai: _("ai"), mail: _("mail"), campaign: _("campaign"), website: _("website"), internal: _("internal"),
    direct: _("direct") },
  kind: { page: _("page"), asset: _("asset"), feed: _("feed"), download: _("download"), api: _("api"), prefetch: _("prefetch"), other: _("other") },
  robot: { none: _("none"), search: _("search"), ai: _("ai"), feed: _("feed"), monitor: _("monitor"), tool: _("tool"), preview: _("preview"), other: _("other") },
  purpose: { train: _("training"), index: _("answer index"), fetch: _("for a person"), search: _("search"), feed: _("feed"), preview: _("preview"), monitor: _("monitor"),
    archive: _("archive"), seo: _("SEO"), tool: _("tool"), other: _("other") },
  proof: { range: _("from its operator"), false: _("not from its operator"), open: _("unproved") },
};

const nameIn = (names, key) => (Object.hasOwn(names, key) ? names[key] : undefined);

export function dimensionName(dimension) {
  return nameIn(dimensionNames, dimension) || dimension;
}

// Of these a filter may have several values, with commas between.
const listed = new Set(["site", "domain", "channel", "language", "country", "browser", "version", "platform", "robot", "purpose", "proof", "kind", "method", "tls", "server", "status", "ip",
  "visit", "mark"]);

function valuesName(dimension, value) {
  const values = listed.has(dimension) ? value.split(",") : [value];
  return values.map((one) => valueName(dimension, one)).join(", ");
}

export function valueName(dimension, value) {
  if (value === "") return nameIn(emptyNames, dimension) || _("none");
  if (dimension === "country") return format.country(value);
  return nameIn(nameIn(valueNames, dimension) || {}, value) || visible(value);
}

const operators = { "=": _("is"), "!=": _("is not"), "~": _("has") };

// As it is written in the address: of countries by their names, too, and without spaces around commas.
function written(dimension, text) {
  if (!listed.has(dimension)) return text;
  const codeOf = (one) => format.countriesNamed(one).find((code) => format.country(code).toLowerCase() === one.toLowerCase());
  return text.split(",").map((one) => one.trim()).map((one) => (dimension === "country" && one.length > 2 && codeOf(one)) || one).join(",");
}

// The value of a chip, in place of which another one can be written, or several.
function valueOf(filter, about, name) {
  const several = listed.has(filter.dimension) ? _("change it; several with commas between") : _("change it");
  const shown = el("button", { type: "button", class: "value", title: `${name} – ${several}`, "aria-label": `${about} ${name}: ${several}`, on: { click: () => {
    const field = el("input", { value: filter.value, "aria-label": about, on: {
      blur: () => field.replaceWith(shown),
      keydown: ({ key }) => {
        if (key === "Enter" || key === "Escape") field.blur();
        if (key === "Enter") go({ filters: state.filters.map((f) => (f === filter ? { ...f, value: written(f.dimension, field.value) } : f)) });
      } } });
    shown.replaceWith(field);
    field.select();
  } } }, el("bdi", {}, name));
  return shown;
}

function chip(filter) {
  const name = (filter.operator === "~" ? valueName : valuesName)(filter.dimension, filter.value);
  const about = dimensionName(filter.dimension);
  const turn = filter.operator === "=" ? _("leave it out instead") : _("show only this");
  const sign = filter.operator === "~"
    ? el("span", { class: "operator" }, operators["~"])
    : el("button", { type: "button", class: "operator", title: turn, "aria-label": `${about} ${operators[filter.operator]} ${name}: ${turn}`,
      on: { click: () => toggleFilter(filter.dimension, filter.value) } }, operators[filter.operator]);
  return el("li", { class: filter.operator === "!=" ? "chip without" : "chip" },
    el("span", { class: "dimension" }, about), sign, valueOf(filter, about, name),
    el("button", { type: "button", class: "remove", "aria-label": _("remove the filter {0} {1}", about, name),
      on: { click: () => removeFilter(filter) } }, icon(cross)));
}

function showChips() {
  const all = state.filters.length > 1
    ? [el("li", {}, el("button", { type: "button", class: "link", on: { click: () => go({ filters: [] }) } }, _("remove all")))] : [];
  chips.replaceChildren(...state.filters.map(chip), ...all);
  chips.hidden = !state.filters.length;
}

// One that is no longer there stays in the list: it can be seen, and left.
function showSegments() {
  const names = segmentsOffered().map(({ name }) => name);
  const all = state.segment && !names.includes(state.segment) ? [...names, state.segment] : names;
  const known = new Map(segmentsOffered().map(({ name, filters }) => [name, filters]));
  segmentChoice.replaceChildren(el("option", { value: "" }, _("All hits")), ...all.map((name) => el("option", { value: name, title: visible(known.get(name) || "") }, visible(name))));
  segmentChoice.value = state.segment;
  segmentChoice.title = visible(known.get(state.segment) || _("Segment"));
  segmentChoice.hidden = !all.length;
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
  const about = state.view === "ledger" ? _("Ledger") : [state.view && views[state.view], site, days].filter(Boolean).join(", ");
  document.title = `${visible(about)} – slimstats`;
}

export function showHead() {
  showTitle();
  showViews();
  showRange();
  showChips();
  showSite();
  showSegments();
  if (zoneChoice.value !== zone()) showZones(zones);
  if (dayChoice.value !== firstDay()) showFirstDay();
  compare.checked = state.compare;
  robots.checked = state.robots;
}

// The sites of all time: one that is silent now can be chosen too.
export async function loadSites() {
  const answer = await ask("sites", new URLSearchParams({ since: "all", limit: "1000", robots: "on" }));
  const names = table(answer).map((row) => row.site).filter(Boolean).sort();
  siteChoice.replaceChildren(el("option", { value: "" }, _("All sites")),
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
  live.lastChild.textContent = _("{0} now", format.number("count", online));
  live.title = _("visitors within the last five minutes");
}

export function makeHead(place) {
  place.append(
    el("div", { class: "row" },
      el("h1", {}, el("a", { href: location.pathname, on: { click: home } }, "slimstats")), viewBar, siteChoice, live,
      el("span", { class: "grow" }), zoneChoice, dayChoice,
      el("label", { class: "switch" }, compare, _("Compare")), el("label", { class: "switch of-people" }, robots, _("Robots")), themeButton),
    el("div", { class: "row" }, rangeBar, between, segmentChoice),
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
