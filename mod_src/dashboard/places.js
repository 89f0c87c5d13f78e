// The world, its countries shaded by visits.
import { el, svg } from "./dom.js";
import { ask, table } from "./api.js";
import * as format from "./format.js";
import { state, toggleFilter, words } from "./state.js";
import { points, shapes, size } from "./world.js";

const levels = 5;

// By the root, so that one large country does not leave all others pale.
function level(value, most) {
  return value ? Math.ceil(Math.sqrt(value / most) * levels) : 0;
}

function drawWorld() {
  const drawn = new Map();
  for (const [code, path] of Object.entries(shapes)) drawn.set(code, svg("path", { d: path }));
  for (const [code, [cx, cy]] of Object.entries(points)) drawn.set(code, svg("circle", { cx, cy, r: 9, class: "small" }));
  for (const [code, node] of drawn) {
    node.append(svg("title"));
    node.addEventListener("click", () => node.classList.contains("known") && toggleFilter("country", code));
  }
  const world = svg("svg", { class: "world", viewBox: `0 0 ${size[0]} ${size[1]}`, role: "img", "aria-label": "Map of visits by country; the table has the numbers" },
    ...drawn.values());
  return { world, drawn };
}

// For the panel: draws the map over its table of countries.
export function makeMap() {
  const { world, drawn } = drawWorld();
  const place = el("div", { class: "map" }, world);

  return async (panel, answer) => {
    place.hidden = panel.tab.report !== "countries";
    if (!place.parentNode) panel.node.insertBefore(place, panel.body);
    if (place.hidden) return;
    const all = answer.more ? await ask("countries", words({ limit: 1000 })) : answer;
    const rows = new Map(table(all).map((row) => [row.country, row]));
    rows.delete(""); // unknown: nowhere on the map
    const most = Math.max(0, ...[...rows.values()].map((row) => row.visits));
    for (const [code, node] of drawn) {
      const visits = rows.has(code) ? rows.get(code).visits : 0;
      const chosen = state.filters.some((f) => f.dimension === "country" && f.value === code);
      node.setAttribute("class", `${node.tagName === "circle" ? "small " : ""}level-${level(visits, most)}${visits ? " known" : ""}${chosen ? " chosen" : ""}`);
      node.firstChild.textContent = `${format.country(code)}: ${format.number("count", visits)} visits`;
    }
  };
}
