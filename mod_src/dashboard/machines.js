// The second view, of robots: what they take of all, and what they come for over the period.
import { el, svg } from "./dom.js";
import { ask, makeTurns, table } from "./api.js";
import * as format from "./format.js";
import { bucket, state, toggleFilter, words } from "./state.js";
import { isView } from "./board.js";
import { axis, fillGaps, ticks } from "./timeline.js";
import { valueName } from "./head.js";
import { _ } from "./words.js";

const purposes = ["train", "index", "fetch", "search", "feed", "preview", "monitor", "archive", "seo", "tool", "other"];
const barsHigh = 220, barsTop = 12, barsBottom = 26, barsLeft = 54, barsRight = 12;
let shares, bars, barsTip, barsLegend, barsList, course;
let looked = -1; // the bucket that is looked at
const beginShares = makeTurns(), beginCourse = makeTurns();

// --- what they take ---

function tile(name, value, about) {
  return el("div", { class: "figure" }, el("span", { class: "name" }, name), el("strong", {}, value), el("span", { class: "beside" }, about));
}

const ofAll = (part, whole) => (whole > 0 ? _("{0} of all", format.number("percent", format.share(part, whole))) : "\u00a0");

export async function loadShares() {
  const isNewest = beginShares();
  const all = words({});
  all.set("robots", "on");
  const [whole, robots] = await Promise.all([ask("overview", all), ask("robots", words({ limit: 1 }))]);
  if (!isNewest()) return;
  const [row] = table(whole), { totals } = robots;
  shares.replaceChildren(
    tile(_("Hits of robots"), format.number("count", totals.hits), ofAll(totals.hits, row.hits)),
    tile(_("Their size"), format.number("bytes", totals.bytes), ofAll(totals.bytes, row.bytes)),
    tile(_("Worker time"), format.number("took", totals.time_us), _("time a worker was busy")),
    tile(_("Errors"), format.number("percent", totals.error_rate), _("of their hits")));
}

// --- what they come for ---

const purposeName = (purpose) => valueName("purpose", purpose);
const hitsFor = (one, purpose) => (one.row && one.row[`${purpose}_hits`]) || 0;
const sumOf = (one) => course.kinds.reduce((sum, purpose) => sum + hitsFor(one, purpose), 0);

function barsNames(place, step, width) {
  const every = Math.max(1, Math.ceil(course.rows.length / Math.max(2, Math.floor(width / 90))));
  return course.rows.map((one, i) => (i % every ? null : svg("text", { class: "tick", x: place(i) + step / 2, y: barsHigh - 6, "text-anchor": "middle" }, format.tickName(one.name, course.by))));
}

function drawBars() {
  if (!course) return;
  const width = Math.max(260, bars.clientWidth), marks = ticks(Math.max(1, ...course.rows.map(sumOf)), "count");
  const most = marks[marks.length - 1], step = (width - barsLeft - barsRight) / course.rows.length;
  const place = (i) => barsLeft + i * step, y = (value) => barsTop + (1 - value / most) * (barsHigh - barsTop - barsBottom);
  const stacks = course.rows.map((one, i) => {
    let below = 0;
    return course.kinds.map((purpose) => {
      const from = below, hits = hitsFor(one, purpose);
      below += hits;
      return hits ? svg("rect", { class: `for-${purpose}`, x: place(i) + step * 0.1, width: Math.max(1, step * 0.8), y: y(below), height: Math.max(0.5, y(from) - y(below)) }) : null;
    });
  });
  bars.setAttribute("viewBox", `0 0 ${width} ${barsHigh}`);
  bars.replaceChildren(...[...axis(marks, "count", y, width), ...stacks.flat(), ...barsNames(place, step, width), svg("g", { class: "cursor" })].filter(Boolean));
  Object.assign(course, { place, step });
  if (looked >= 0) lookAt(looked);
}

const swatch = (purpose) => el("i", { class: `swatch for-${purpose}`, "aria-hidden": "true" });

function lookAt(i) {
  if (!course || !course.rows.length) return;
  looked = Math.max(0, Math.min(course.rows.length - 1, i));
  const one = course.rows[looked], x = course.place(looked) + course.step / 2;
  bars.lastChild.replaceChildren(svg("line", { x1: x, x2: x, y1: barsTop, y2: barsHigh - barsBottom }));
  barsTip.replaceChildren(el("span", {}, format.bucketName(one.name, course.by)), el("strong", {}, format.number("count", sumOf(one))),
    course.kinds.filter((purpose) => hitsFor(one, purpose)).map((purpose) => el("span", {}, swatch(purpose), ` ${purposeName(purpose)} `, format.number("count", hitsFor(one, purpose)))));
  barsTip.hidden = false;
  const beside = x + 14 + barsTip.offsetWidth > bars.clientWidth ? x - 14 - barsTip.offsetWidth : x + 14;
  barsTip.style.transform = `translate(${Math.max(0, beside)}px, 0)`;
}

function lookAway() {
  looked = -1;
  barsTip.hidden = true;
  if (course) bars.lastChild.replaceChildren();
}

function onBarsKey(event) {
  const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (move) lookAt(looked < 0 ? 0 : looked + move);
  else if (event.key === "Escape") lookAway();
  else return;
  event.preventDefault();
}

function lookNear(event) {
  if (!course) return;
  lookAt(Math.floor((event.clientX - bars.getBoundingClientRect().left - barsLeft) / course.step));
}

function showBarsList() {
  const head = el("tr", {}, [_("Time"), ...course.kinds.map(purposeName)].map((text) => el("th", { scope: "col" }, text)));
  barsList.replaceChildren(el("caption", { class: "unseen" }, _("What robots come for")), el("thead", {}, head), el("tbody", {}, course.rows.map((one) =>
    el("tr", {}, el("th", { scope: "row" }, format.bucketName(one.name, course.by)), course.kinds.map((purpose) => el("td", { class: "number" }, format.number("count", hitsFor(one, purpose))))))));
}

function showBarsLegend(totals) {
  barsLegend.replaceChildren(...course.kinds.map((purpose) => el("button", { type: "button", title: `${purposeName(purpose)} – ${_("show only")}`, on: { click: () => toggleFilter("purpose", purpose) } },
    swatch(purpose), purposeName(purpose), el("span", { class: "muted" }, format.number("count", totals[`${purpose}_hits`])))));
}

export async function loadPurposes() {
  const isNewest = beginCourse(), by = bucket(), answer = await ask("purposes", words({ by }));
  if (!isNewest()) return;
  course = { by, rows: fillGaps(answer, by), kinds: purposes.filter((purpose) => answer.totals[`${purpose}_hits`] > 0) };
  bars.setAttribute("aria-label", _("Hits of robots by {0}, and by what they come for. Arrow keys read them; a table follows.", by));
  showBarsLegend(answer.totals);
  showBarsList();
  drawBars();
}

export function makeMachines() {
  shares = el("section", { class: "figures shares", "aria-label": _("What robots take") });
  bars = svg("svg", { class: "chart bars", height: barsHigh, tabindex: "0", role: "img",
    on: { pointermove: lookNear, pointerleave: lookAway, blur: lookAway, keydown: onBarsKey } });
  barsTip = el("div", { class: "tip", hidden: true, "aria-live": "polite" });
  barsLegend = el("div", { class: "kinds", role: "group", "aria-label": _("purpose") });
  barsList = el("table", { class: "list" });
  const behind = el("div", { class: "behind unseen" }, barsList);
  const toggle = el("button", { type: "button", class: "link", "aria-pressed": "false", on: { click: () => toggle.setAttribute("aria-pressed", String(!behind.classList.toggle("unseen"))) } }, _("Table"));
  new ResizeObserver(drawBars).observe(bars);
  const about = _("What robots come for");
  return [shares, el("section", { class: "card under-figures", "aria-label": about },
    el("div", { class: "row" }, el("h2", {}, about), el("span", { class: "grow" }), toggle), barsLegend,
    el("div", { class: "plot" }, bars, barsTip), behind)];
}

export const isOfMachines = () => state.view === "machines" && !isView();
