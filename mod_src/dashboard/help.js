// Links to the manual, which stands beside the page.
import { el } from "./dom.js";
import { _ } from "./words.js";

// to: a page, or a part of one; about: what it is help for.
export function helpLink(to, about) {
  return el("a", { class: "ask", href: `help/${to}`, hreflang: "en", "aria-label": _("Help: {0}", about), title: _("Help: {0}", about) }, _("Help"));
}
