// The course of a figure over the period: a line, the period before behind it, and a table.
import { el, svg } from "./dom.js";
import { ask, makeTurns, table } from "./api.js";
import * as format from "./format.js";
import { bucket, daysBehindMonday, figures, go, reachesNow, readsHits, state, words } from "./state.js";
import { helpLink } from "./help.js";
import { makeNotes, noteMarks, notesAt, takeNotes } from "./notes.js";
import { _ } from "./words.js";

const names = {
  visitors: _("Visitors"), visits: _("Visits"), pageviews: _("Page views"), pages_per_visit: _("Pages per visit"), bounce_rate: _("Bounce rate"),
  duration: _("Visit duration"), errors: _("Errors"), hits: _("Hits"), bytes: _("Bytes sent"),
};
const averages = ["pages_per_visit", "bounce_rate", "duration"]; // of no visits there are none
const height = 240, top = 14, bottom = 26, left = 54, right = 12;
let chart, tip, list, title, choice, legend, older, bys, shown;
let at = -1, held = -1; // the bucket that is looked at; where a span began that ends there

// --- buckets: those without a row are 0 ---

const two = (n) => String(n).padStart(2, "0");

function label(date, by) {
  const month = `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}`;
  if (by === "month") return month;
  const day = `${month}-${two(date.getUTCDate())}`;
  return by === "hour" ? `${day}T${two(date.getUTCHours())}:00` : day;
}

function step(date, by) {
  if (by === "hour") date.setUTCHours(date.getUTCHours() + 1);
  else if (by === "month") date.setUTCMonth(date.getUTCMonth() + 1);
  else date.setUTCDate(date.getUTCDate() + (by === "week" ? 7 : 1));
}

function begin(date, by) {
  date.setUTCMinutes(0);
  if (by !== "hour") date.setUTCHours(0);
  if (by === "week") date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 13 - daysBehindMonday()) % 7));
  if (by === "month") date.setUTCDate(1);
  return date;
}

export function fillGaps(answer, by) {
  const rows = new Map(table(answer).map((row) => [row.time, row]));
  const first = answer.from.startsWith("1970") && rows.size ? [...rows.keys()].sort()[0] : answer.from;
  const end = format.civil(answer.until);
  const filled = new Map();
  for (const date = begin(format.civil(first), by); date <= end && filled.size < 2000; step(date, by)) {
    filled.set(label(date, by), null);
  }
  const last = [...filled.keys()].pop();
  if (filled.size > 1 && !rows.has(last) && +format.civil(last) === +end) filled.delete(last);
  for (const [name, row] of rows) filled.set(name, row);
  return [...filled.keys()].sort().map((name) => ({ name, row: filled.get(name) }));
}

// --- drawing ---

const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

export function ticks(most, type) {
  const whole = type !== "percent" && type !== "decimal";
  const rough = Math.max(most / 4, whole ? 1 : 0), power = 10 ** Math.floor(Math.log10(rough));
  const round = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough && (!whole || Number.isInteger(n)));
  const size = (type === "span" && timeSteps.find((n) => n >= rough)) || round;
  const steps = Math.max(1, Math.ceil(most / size - 1e-9));
  return Array.from({ length: steps + 1 }, (_, n) => n * size);
}

// Where there is no value the line has a gap.
function path(points) {
  let pen = "M";
  return points.map(([x, y]) => {
    const step = y === null ? "" : `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = y === null ? "M" : "L";
    return step;
  }).join("");
}

export function axis(marks, type, y, width) {
  return marks.map((value) => svg("g", { class: "axis" },
    svg("line", { x1: left, x2: width - right, y1: y(value), y2: y(value) }),
    svg("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, format.short(type, value))));
}

function days(x, width) {
  const count = shown.now.length;
  const every = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / 90))));
  const out = [];
  for (let i = 0; i < count; i += every) {
    const anchor = count > 1 && x(i) > width - 40 ? "end" : i ? "middle" : "start";
    out.push(svg("text", { class: "tick", x: x(i), y: height - 6, "text-anchor": anchor }, format.tickName(shown.now[i].name, shown.by)));
  }
  return out;
}

function lines(now, before, x, y) {
  const place = (value, i) => [x(i), value === null ? null : y(value)];
  const points = now.map(place);
  const whole = reachesNow() && points.length > 2 ? points.slice(0, -1) : points;
  const out = [];
  if (before.length) out.push(svg("path", { class: "line before", d: path(before.map(place)) }));
  if (!now.includes(null)) {
    const base = `L${points[points.length - 1][0].toFixed(1)} ${y(0)}L${points[0][0].toFixed(1)} ${y(0)}z`;
    out.push(svg("path", { class: "area", d: path(points) + base }));
  }
  out.push(svg("path", { class: "line", d: path(whole) }));
  if (whole !== points) out.push(svg("path", { class: "line unfinished", d: path(points.slice(-2)) }));
  if (points.length < 40) out.push(...points.filter(([, y]) => y !== null).map(([cx, cy]) => svg("circle", { class: "point", cx, cy, r: 2.5 })));
  return out;
}

function draw() {
  if (!shown) return;
  const width = Math.max(260, chart.clientWidth);
  const { now, values, before, type } = shown;
  const marks = ticks(Math.max(...values, ...before, 1), type);
  const most = marks[marks.length - 1];
  const x = (i) => (now.length > 1 ? left + (i * (width - left - right)) / (now.length - 1) : width / 2);
  const y = (value) => top + (1 - value / most) * (height - top - bottom);
  shown.x = x;
  shown.y = y;
  chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
  chart.replaceChildren(...axis(marks, type, y, width), ...lines(values, before, x, y), ...noteMarks(x, height - bottom), ...days(x, width),
    svg("g", { class: "cursor" }));
  if (at >= 0) point(at);
}

// --- looking at one bucket ---

const said = (value) => (value === null ? "–" : format.number(shown.type, value));

const within = (i) => Math.max(0, Math.min(shown.now.length - 1, i));

// The first and the last bucket of what is looked at.
function spanned() {
  const ends = held < 0 || held === at ? [at] : [Math.min(held, at), Math.max(held, at)];
  return ends.map((i) => shown.now[within(i)]);
}

function spanBox() {
  if (held < 0 || held === at) return "";
  const ends = [shown.x(within(held)), shown.x(at)].sort((a, b) => a - b);
  return svg("rect", { class: "span", x: ends[0], width: ends[1] - ends[0], y: top, height: height - top - bottom });
}

function point(i) {
  if (!shown) return;
  at = within(i);
  const x = shown.x(at), value = shown.values[at];
  chart.lastChild.replaceChildren(spanBox(), svg("line", { x1: x, x2: x, y1: top, y2: height - bottom }), value === null ? "" : svg("circle", { cx: x, cy: shown.y(value), r: 4.5 }));
  const before = at < shown.before.length ? shown.before[at] : null;
  tip.replaceChildren(el("span", {}, spanned().map((one) => format.bucketName(one.name, shown.by)).join(" – ")),
    el("strong", {}, said(value) + (shown.about ? " ≈" : "")),
    before === null ? null : el("span", { class: "muted" }, _("before: {0}", said(before))), ...notesAt(at).filter(Boolean));
  tip.hidden = false;
  const beside = x + 14 + tip.offsetWidth > chart.clientWidth ? x - 14 - tip.offsetWidth : x + 14;
  tip.style.transform = `translate(${Math.max(0, beside)}px, 0)`;
}

function leave() {
  at = -1;
  held = -1;
  tip.hidden = true;
  if (shown) chart.lastChild.replaceChildren();
}

function nearest(event) {
  if (!shown) return -1;
  const box = chart.getBoundingClientRect();
  const share = (event.clientX - box.left - left) / Math.max(1, box.width - left - right);
  return Math.round(share * (shown.now.length - 1));
}

// What is looked at becomes the period: a day, week or month, or all from one to another.
function open() {
  if (!shown || at < 0) return;
  const ends = spanned(), first = ends[0], last = ends[ends.length - 1], { by } = shown;
  if (by === "hour" && ends.length === 1) return;
  const end = format.civil(last.name);
  step(end, by);
  if (by !== "hour") end.setUTCDate(end.getUTCDate() - 1); // a day stands for its end
  leave();
  go({ since: by === "month" ? `${first.name}-01` : first.name, until: label(end, by === "hour" ? by : "day"), by: "" });
}

function press(event) {
  if (event.button !== 0) return;
  chart.setPointerCapture(event.pointerId); // a span may end at an edge
  point(nearest(event));
  held = at;
}

function release() {
  if (held >= 0) open();
  held = -1;
}

// With Shift the span grows that began where it was pressed first.
function onKey(event) {
  const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (move) {
    if (!event.shiftKey) held = -1;
    else if (held < 0) held = at;
    point(at < 0 ? 0 : at + move);
  } else if (event.key === "Enter" && at >= 0) {
    open();
  } else if (event.key === "Escape") {
    leave();
  } else {
    return;
  }
  event.preventDefault();
}

// --- the section ---

function listRows() {
  const head = el("tr", {}, [_("Time"), names[state.figure], ...(shown.before.length ? [_("Before")] : [])]
    .map((text) => el("th", { scope: "col" }, text)));
  const rows = shown.now.map((one, i) => el("tr", {}, el("th", { scope: "row" }, format.bucketName(one.name, shown.by)),
    el("td", { class: "number" }, said(shown.values[i])),
    shown.before.length ? el("td", { class: "number" }, i < shown.before.length ? said(shown.before[i]) : "–") : null));
  list.replaceChildren(el("caption", { class: "unseen" }, title.textContent), el("thead", {}, head), el("tbody", {}, rows));
}

function daysOf(period) {
  const [first, last] = [format.date(period.from), format.date(period.until, -1)];
  return first === last ? first : `${first} – ${last}`;
}

// As it was asked for: of a part of a day its hours are told.
const timesOf = (period) => (state.since.includes("T") ? `${format.time(period.from)} – ${format.time(period.until)}` : daysOf(period));

// Whose line is the dotted one.
function showLegend(answer) {
  const [first] = timesOf(answer).split(" – ");
  const days = reachesNow() ? `${first} – ${_("today")}` : timesOf(answer);
  legend.replaceChildren(el("span", { class: "now" }, state.since === "today" ? _("today") : days),
    ...(answer.previous ? [el("i", { "aria-hidden": "true" }), _("before: {0}", timesOf(answer.previous))] : []));
}

const bucketNames = { hour: _("hour"), day: _("day"), week: _("week"), month: _("month") };

function showBys(chosen) {
  bys.replaceChildren(...Object.entries(bucketNames).map(([by, name]) => el("button", {
    type: "button", "aria-pressed": String(by === chosen), on: { click: () => go({ by }) } }, name)));
}

export function makeTimeline() {
  chart = svg("svg", { class: "chart", height, tabindex: "0", role: "img", "aria-label": _("Course of the period"), on: {
    pointermove: (event) => point(nearest(event)), pointerdown: press, pointerup: release, pointercancel: leave, pointerleave: leave,
    blur: leave, keydown: onKey } });
  tip = el("div", { class: "tip", hidden: true, "aria-live": "polite" });
  title = el("h2", { class: "unseen" }, names.visitors);
  choice = el("select", { class: "title", "aria-label": _("Figure of the timeline"), on: { change: () => go({ figure: choice.value }) } },
    figures.map((name) => el("option", { value: name }, names[name])));
  legend = el("span", { class: "legend muted" });
  older = el("span", { class: "older" });
  bys = el("div", { class: "segments small", role: "group", "aria-label": _("By") });
  list = el("table", { class: "list" });
  const behind = el("div", { class: "behind unseen" }, list);
  const toggle = el("button", { type: "button", class: "link", "aria-pressed": "false", on: { click: () => {
    const seen = behind.classList.toggle("unseen");
    toggle.setAttribute("aria-pressed", String(!seen));
  } } }, _("Table"));
  const [opener, notes] = makeNotes(draw);
  new ResizeObserver(draw).observe(chart);
  return el("section", { class: "card timeline", "aria-label": _("Course of the period") },
    el("div", { class: "row" }, title, choice, legend, older, el("span", { class: "grow" }), bys, opener, toggle, helpLink("numbers", _("Course of the period"))),
    el("div", { class: "plot" }, chart, tip), notes, behind);
}

async function previousOf(answer, rows, by) {
  if (!answer.previous) return [];
  if (rows.length === answer.rows.length) return answer.previous.rows.filter(Boolean);
  const asked = words({ since: answer.previous.from, until: answer.previous.until, by });
  return fillGaps(await ask("timeline", asked), by).slice(0, rows.length).map((one) => one.row || {});
}

// Where hits have to be read both periods are read side by side.
async function askBoth(by) {
  const [now, before] = await Promise.all([undefined, "previous"].map((period) => ask("timeline", words({ by, period }))));
  return { ...now, approximate: now.approximate || before.approximate, error_percent: now.error_percent || before.error_percent,
    older_rules_until: now.older_rules_until || before.older_rules_until,
    totals: { ...now.totals, previous: before.totals },
    previous: { from: before.from, until: before.until, rows: table(before).slice(0, now.rows.length) } };
}

// Where all there is lies within a few steps up to now finer ones say more: from the first hit on.
const finer = { day: { most: 2, by: "hour" }, week: { most: 3, by: "day" }, month: { most: 3, by: "day" } };

async function lookCloser(answer, by) {
  const hasHits = (row) => row && row.hits > 0, step = finer[by];
  const filled = fillGaps(answer, by), first = filled.findIndex((one) => hasHits(one.row));
  const had = answer.previous && answer.previous.rows.some(hasHits);
  if (state.by || !step || had || first < 0 || filled.length - first > step.most) return { answer, by };
  const day = filled[first].name.padEnd(10, "-01"), from = answer.from.slice(0, 10);
  const closer = await ask("timeline", words({ since: day < from && !from.startsWith("1970") ? from : day, by: step.by }));
  return lookCloser(closer, step.by);
}

const beginTurn = makeTurns();

// Returns the answer: its totals are the figures of the whole period.
export async function loadTimeline() {
  const asked = bucket(), isNewest = beginTurn();
  title.textContent = names[state.figure];
  choice.value = state.figure;
  const compare = state.compare && state.since !== "all" ? "previous" : undefined;
  const whole = compare && readsHits() ? await askBoth(asked) : await ask("timeline", words({ by: asked, compare }));
  const { answer, by } = await lookCloser(whole, asked);
  const now = fillGaps(answer, by), previous = await previousOf(answer, now, by);
  if (!isNewest()) return whole;
  showBys(by);
  const isAverage = averages.includes(state.figure);
  const value = (row) => (isAverage && !(row && row.visits) ? null : (row && row[state.figure]) || 0);
  const column = answer.columns.find((c) => c.name === state.figure) || { type: "count" };
  shown = { now, by, type: column.type, values: now.map((one) => value(one.row)),
    about: answer.approximate && state.figure === "visitors",
    before: previous.map(value) };
  const most = Math.max(...shown.values, 0);
  chart.setAttribute("aria-label", _("{0} by {1}, {2} values, at most {3}. Arrow keys read them, Enter opens one, with Shift several; a table follows.",
    title.textContent, bucketNames[by], now.length, format.number(column.type, most)));
  takeNotes(answer.notes, (time) => now.findLastIndex((one) => one.name <= label(begin(format.civil(time), by), by)));
  showLegend(answer);
  older.textContent = format.olderRules(whole);
  listRows();
  draw();
  return whole;
}
