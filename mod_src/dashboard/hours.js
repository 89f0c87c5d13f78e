// When people come: a table of the week's hours whose cells are shaded.
import { el } from "./dom.js";
import { table } from "./api.js";
import * as format from "./format.js";
import { daysBehindMonday } from "./state.js";
import { _ } from "./words.js";

const dayNames = [1, 2, 3, 4, 5, 6, 7].map((day) => format.weekday(`2024-01-0${day}`)); // the first was a Monday
const hours = [...Array(24).keys()];

export function drawHours(answer) {
  const found = new Map(table(answer).map((row) => [row.weekday * 24 + row.hour, row.visits]));
  const most = Math.max(0, ...found.values());
  const cell = (weekday, hour) => {
    const visits = found.get(weekday * 24 + hour) || 0;
    const text = `${dayNames[weekday]} ${String(hour).padStart(2, "0")}:00, ${format.visits(visits)}`;
    return el("td", { class: `level-${most ? Math.ceil((visits * 5) / most) : 0}`, title: text }, el("span", { class: "unseen" }, String(visits)));
  };
  const head = el("tr", {}, el("td", {}), hours.map((hour) => el("th", { scope: "col" },
    el("span", { class: hour % 6 ? "unseen" : "" }, String(hour).padStart(2, "0")))));
  return el("table", { class: "week" }, el("caption", { class: "unseen" }, _("Visits by weekday and hour")), el("thead", {}, head),
    el("tbody", {}, dayNames.map((_name, i) => (i + daysBehindMonday()) % 7).map((weekday) => el("tr", {},
      el("th", { scope: "row" }, dayNames[weekday]), hours.map((hour) => cell(weekday, hour))))));
}
