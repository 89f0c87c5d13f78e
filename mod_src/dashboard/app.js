// The dashboard: puts its parts together, asks when what is asked for changes, and stays fresh.
import { el } from "./dom.js";
import { abandon, ask, table, wasAbandoned, withKept } from "./api.js";
import { isShown, isView, loadBoard } from "./board.js";
import { loadLive, loadSites, makeHead, showHead } from "./head.js";
import { loadFigures, makeFigures, showChosen, showFigures } from "./figures.js";
import { loadTimeline, makeTimeline } from "./timeline.js";
import { loadHealth, makeHealth } from "./health.js";
import { failure, isOfAddress } from "./panel.js";
import * as format from "./format.js";
import { helpLink } from "./help.js";
import { isOfMachines, loadPurposes, loadShares, makeMachines } from "./machines.js";
import { makeMachinePanels, makePanels } from "./panels.js";
import { go, onChange, reachesNow, readsHits, startOver, state, write, zone } from "./state.js";
import { _, language, languages, withinWords } from "./words.js";

const freshEvery = 10000, retryAfter = 3000; // ms
const slowEvery = 6; // panels: with each so-many-th
const restFactor = 20, restMost = 60000; // what takes a second to answer rests for so many: a page that is left open is no burden

const byId = (id) => document.getElementById(id);
await loadBoard();
// In a view there are few panels, all on one page.
const peoplePanels = isView() ? [...makePanels(), ...makeMachinePanels()] : makePanels(), machinePanels = isView() ? [] : makeMachinePanels();
const panelsNow = () => (isOfMachines() ? machinePanels : peoplePanels);
const notice = byId("notice");
let rounds = 0;
let trouble = null, retry = 0, isMistaken = false;

function say(...children) {
  notice.className = children.length ? "card plain" : "";
  notice.replaceChildren(...children);
}

// It cannot be asked, however often.
function reportMistake(error) {
  isMistaken = true;
  byId("board").hidden = byId("machines").hidden = true;
  say(el("p", {}, el("strong", {}, _("This address cannot be asked for")), ` (${error.message}). `,
    el("button", { type: "button", class: "link", on: { click: startOver } }, _("Show the last 7 days")), " ",
    helpLink("cookbook#filters", _("Filters"))));
}

// A store that is away is named by its state; else too much was asked.
const stateIn = ({ message }) => (/^[a-z]+-[a-z]+$/.test(message) ? `states#${message}` : "large#reports");

// What failed is told once for all parts; they keep what they had.
function report(error) {
  if (wasAbandoned(error)) return;
  if (error.status === undefined) throw error; // a mistake of this page
  if (isOfAddress(error)) {
    reportMistake(error);
    return;
  }
  trouble = error;
  clearTimeout(retry);
  retry = setTimeout(refresh, retryAfter);
  const away = error.status === 503;
  say(el("p", {}, el("strong", {}, away ? _("The statistics are not available now") : _("Not all could be asked")),
    ` (${away ? error.message : failure(error)}). ${_("This page tries again by itself.")} `, away ? helpLink(stateIn(error), error.message) : null));
}

const guarded = (promise) => promise.catch(report);

function howToBegin() {
  const address = `${location.origin}/`;
  return [el("h2", {}, _("No visits yet")),
    el("p", {}, withinWords("Here is how to make one: open {0} in another tab, or run {1} (a robot: switch Robots on). It shows up here within seconds.",
      el("a", { href: address, rel: "noreferrer" }, address), el("code", {}, `curl ${address}`))),
    el("p", { class: "muted" }, _("Old access logs can be read too:"), " slimstats import /var/log/apache2/access.log* ", helpLink("start", _("No visits yet")))];
}

const showAll = () => el("button", { type: "button", class: "link", on: { click: () => go({ since: "all", until: "", by: "" }) } }, _("Show all time"));

// The days between the first and the last hit of all.
async function explainEmpty(all) {
  const rows = table(await ask("timeline", new URLSearchParams({ since: "all", by: "day", robots: "on", tz: zone() }))).filter((row) => row.hits > 0);
  const days = rows.length ? [rows[0], rows[rows.length - 1]].map((row) => format.bucketName(row.time, "day")) : [];
  const hits = all.hits === 1 ? _("1 hit") : _("{0} hits", format.number("count", all.hits));
  say(el("p", {}, _("Nothing in this period; {0} from {1} to {2}.", hits, ...days), " ", showAll()));
}

async function explainNothing(row) {
  if (row.hits + row.robots > 0 || state.filters.length || state.segment) {
    say();
    return;
  }
  const [all] = table(await ask("overview", new URLSearchParams({ since: "all", robots: "on" })));
  if (all.hits === 0) say(...howToBegin());
  else await explainEmpty(all);
}

// Where all hits have to be read they are read once for course and figures.
async function loadBoth() {
  const answer = await loadTimeline();
  showFigures(answer, answer.totals, answer.totals.previous);
  say();
}

function loadFirst() {
  trouble = null;
  if (isOfMachines()) return Promise.all([guarded(loadShares()), guarded(loadPurposes())]).then(() => trouble || say());
  showChosen();
  if (isView()) return Promise.all([isShown("overview") && guarded(loadFigures()), isShown("timeline") && guarded(loadTimeline())]).then(() => trouble || say());
  if (readsHits()) return guarded(loadBoth());
  return Promise.all([guarded(loadFigures().then((row) => explainNothing(row))), guarded(loadTimeline())]);
}

// How far a panel is out of sight.
function distance(panel) {
  const box = panel.node.getBoundingClientRect();
  return Math.max(0, -box.bottom, box.top - innerHeight);
}

// What is seen first is asked first.
function loadPanels(some) {
  const near = some.map((panel) => [distance(panel), panel]).sort((a, b) => a[0] - b[0]);
  return Promise.all(near.map(([, panel]) => guarded(panel.load())));
}

function showView() {
  const isLedger = state.view === "ledger";
  byId("board").hidden = isLedger || isOfMachines();
  byId("machines").hidden = !isOfMachines();
  byId("ledger").hidden = !isLedger;
  document.body.dataset.view = state.view;
}

function loadAll() {
  abandon();
  due.clear();
  isMistaken = false;
  showView();
  if (state.view !== "ledger") loadFirst();
  guarded(loadHealth());
  if (state.view === "ledger") return;
  loadPanels(panelsNow());
  if (isShown("online")) guarded(loadLive());
}

const asks = (s) => JSON.stringify([s.since, s.until, s.tz, s.week, s.robots, s.segment, s.filters, s.view, s.compare]);

// Loads what a change concerns, and no more.
onChange((now, before, isBack) => {
  showHead();
  if (isBack) withKept(() => load(now, before));
  else load(now, before);
});

function load(now, before) {
  if (asks(now) !== asks(before)) {
    loadAll();
    return;
  }
  if (now.figure !== before.figure || now.by !== before.by) {
    if (isOfMachines()) guarded(loadPurposes());
    else {
      showChosen();
      guarded(loadTimeline());
    }
  }
  loadPanels(panelsNow().filter((panel) => JSON.stringify(now.panels[panel.id]) !== JSON.stringify(before.panels[panel.id])));
}

// --- staying fresh ---

const due = new Map(); // part of the page → ms, on the page's clock
const going = new Set();

async function again(part, load, atOnce) {
  const began = performance.now();
  if (going.has(part) || (!atOnce && began < (due.get(part) || 0))) return;
  going.add(part);
  await load();
  going.delete(part);
  const ended = performance.now();
  due.set(part, ended + Math.min(restMost, (ended - began) * restFactor));
}

function refresh() {
  if (document.hidden) return;
  rounds++;
  guarded(loadHealth());
  if (isMistaken || state.view === "ledger" || !(reachesNow() || trouble)) return;
  if (isShown("online")) guarded(loadLive());
  const wasTrouble = trouble !== null;
  const idle = (panel) => !panel.node.contains(document.activeElement) && !panel.node.matches(":hover");
  const [latest, others] = [true, false].map((is) => panelsNow().filter((panel) => (panel.id === "latest") === is && idle(panel)));
  again("first", loadFirst, wasTrouble);
  again("latest", () => loadPanels(latest), wasTrouble);
  if (wasTrouble || rounds % slowEvery === 0) again("panels", () => loadPanels(others), wasTrouble);
}

// Words are chosen as the page is loaded.
function changeLanguage(event, lang) {
  event.preventDefault();
  location.assign(write({ ...state, lang }));
}

makeHead(byId("head"));
const ledgerLink = el("button", { type: "button", class: "link", on: { click: () => go({ view: state.view ? "" : "ledger" }) } }, _("Ledger"));
makeHealth(byId("health"), byId("ledger"), ledgerLink);
const shownParts = [["overview", makeFigures()], ["timeline", makeTimeline()]].filter(([report]) => isShown(report)).map(([, node]) => node);
byId("board").append(...shownParts, el("div", { class: "panels" }, peoplePanels.map((panel) => panel.node)));
byId("machines").append(...makeMachines(), el("div", { class: "panels" }, machinePanels.map((panel) => panel.node)));
byId("foot").append(ledgerLink,
  el("a", { href: "api/status" }, _("Status")), isView() ? "" : el("a", { href: "metrics" }, _("Metrics")), el("a", { href: "help/", hreflang: "en" }, _("Help")), el("span", { class: "grow" }),
  ...Object.entries(languages).filter(([tag]) => tag !== language).map(([tag, name]) => el("a", { href: `?lang=${tag}`, lang: tag, hreflang: tag,
    on: { click: (event) => changeLanguage(event, tag) } }, name)));
document.documentElement.lang = language;
const skip = document.querySelector(".skip");
skip.textContent = _("Skip to the figures");
// Where the page has a base, a link within it would lead to another one.
skip.addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
loadAll();
if (isShown("sites")) guarded(loadSites());
setInterval(refresh, freshEvery);
document.addEventListener("visibilitychange", refresh);
