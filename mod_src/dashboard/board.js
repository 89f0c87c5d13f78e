// What this dashboard shows, as the server says: all reports and the segments there are, or what a view names.
import { ask } from "./api.js";
import { limitFilters } from "./state.js";

let boardReports = null, boardSegments = [], boardGoals = [];

// Where the server does not say, all is tried.
export async function loadBoard() {
  try {
    const { reports, filters, segments, goals } = await ask("dashboard");
    boardReports = reports;
    boardSegments = segments;
    boardGoals = goals;
    limitFilters(filters);
  } catch {
    // it says so with the first question
  }
}

export const isView = () => boardReports !== null;
export const isShown = (report) => !boardReports || boardReports.includes(report);
export const hasGoals = () => boardGoals.length > 0;
export const segmentsOffered = () => boardSegments;

// Panels' tabs as far as they are shown; a panel without any is none.
export function shownTabs(tabs) {
  return tabs.filter((tab) => isShown(tab.report)).map((tab) => (tab.below && !isShown(tab.below.report) ? { ...tab, below: undefined } : tab));
}
