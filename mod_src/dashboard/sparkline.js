// The course of a row as a small line: what it says is its name, for those who do not see it.
import { el, svg } from "./dom.js";
import * as format from "./format.js";
import { _ } from "./words.js";

const wide = 64, high = 18, edge = 2, fewest = 3;

// course: of an answer, {from, days, rows}. Of fewer days there is none.
export function hasCourse({ course }) {
  return Boolean(course && course.rows.length && course.rows[0].length >= fewest);
}

const dayOf = (course, i) => format.date(course.from, i * course.days * 86400);

function says(course, numbers) {
  const most = Math.max(...numbers), first = numbers.indexOf(most), last = numbers.length - 1;
  const said = (i) => format.number("count", numbers[i]);
  return _("by day: {1} on {0}, most {2} on {3}, {5} on {4}", dayOf(course, 0), said(0), said(first), dayOf(course, first), dayOf(course, last), said(last));
}

export function sparkline(course, row) {
  const numbers = course.rows[row], most = Math.max(...numbers, 1), text = says(course, numbers);
  const x = (i) => edge + (i * (wide - 2 * edge)) / (numbers.length - 1), y = (n) => edge + (1 - n / most) * (high - 2 * edge);
  return el("span", { class: "sparkline", role: "img", "aria-label": text, title: text }, svg("svg", { viewBox: `0 0 ${wide} ${high}`, "aria-hidden": "true" },
    svg("path", { d: numbers.map((n, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(n).toFixed(1)}`).join("") })));
}
