// The world, its countries shaded by visits.
import { el, svg } from "./dom.js";
import { table } from "./api.js";
import * as format from "./format.js";
import { state, toggleFilter } from "./state.js";
import { _ } from "./words.js";

const levels = 5;

// By the root, so that one large country does not leave all others pale.
function level(value, most) {
  return value ? Math.ceil(Math.sqrt(value / most) * levels) : 0;
}

// One of the countries with visits can be tabbed to, arrow keys lead to the others.
function onPlaceKey(event, known) {
  const move = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  const at = known.indexOf(event.currentTarget);
  if (event.key === "Enter" || event.key === " ") event.currentTarget.dispatchEvent(new Event("click"));
  else if (move && at >= 0) reach(known, known[(at + move + known.length) % known.length]).focus();
  else return;
  event.preventDefault();
}

function reach(known, node) {
  for (const one of known) one.setAttribute("tabindex", one === node ? "0" : "-1");
  return node;
}

function drawWorld({ points, shapes, size }) {
  const known = []; // most visits first
  const drawn = new Map();
  for (const [code, path] of Object.entries(shapes)) drawn.set(code, svg("path", { d: path }));
  for (const [code, [cx, cy]] of Object.entries(points)) drawn.set(code, svg("circle", { cx, cy, r: 9, class: "small" }));
  for (const [code, node] of drawn) {
    node.append(svg("title"));
    node.addEventListener("click", () => node.classList.contains("known") && toggleFilter("country", code));
    node.addEventListener("keydown", (event) => onPlaceKey(event, known));
  }
  const world = svg("svg", { class: "world", viewBox: `0 0 ${size[0]} ${size[1]}`, role: "group", "aria-label": _("Map of visits by country; the table has the numbers") },
    ...drawn.values());
  return { world, drawn, known };
}

function showCountry(node, code, visits, most) {
  const chosen = state.filters.some((f) => f.dimension === "country" && f.value === code);
  const text = `${format.country(code)}: ${format.visits(visits)}`;
  node.setAttribute("class", `${node.tagName === "circle" ? "small " : ""}level-${level(visits, most)}${visits ? " known" : ""}${chosen ? " chosen" : ""}`);
  node.firstChild.textContent = text;
  for (const [name, value] of [["role", "button"], ["aria-label", text], ["tabindex", "-1"]]) {
    if (visits) node.setAttribute(name, value);
    else node.removeAttribute(name);
  }
}

// Shapes come last: the figures are seen before them.
async function loadWorld(place) {
  const drawing = drawWorld(await import("./world.js"));
  place.replaceChildren(drawing.world);
  return drawing;
}

// For the panel: draws the map over its table of countries.
export function makeMap() {
  const place = el("div", { class: "map" });
  let world;

  return async (panel, answer) => {
    place.hidden = panel.tab.report !== "countries";
    if (!place.parentNode) panel.node.insertBefore(place, panel.body);
    if (place.hidden) return;
    world = world || loadWorld(place).catch(() => ({ drawn: new Map(), known: [] })); // the table has all of it
    const { drawn, known } = await world;
    const visits = new Map(table(answer).map((row) => [row.country, row.visits]));
    visits.delete(""); // unknown: nowhere on the map
    const most = Math.max(0, ...visits.values());
    for (const [code, node] of drawn) showCountry(node, code, visits.get(code) || 0, most);
    known.splice(0, known.length, ...[...visits].filter(([code, n]) => n && drawn.has(code))
      .sort((a, b) => b[1] - a[1]).map(([code]) => drawn.get(code)));
    const focused = known.includes(document.activeElement) ? document.activeElement : known[0];
    if (focused) reach(known, focused);
  };
}
