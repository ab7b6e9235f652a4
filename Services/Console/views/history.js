// The history of a thing's access: its audit, as a timeline.

import { list } from "../lib/api.js";
import { details, sentence, usersOf } from "../lib/audit.js";
import { h } from "../lib/dom.js";
import { date, t } from "../lib/i18n.js";
import { lookUp } from "../lib/people.js";
import { empty, pages, when } from "../lib/ui.js";

export async function history(thing, { signal }) {
  if (!thing.audit) return empty(t("state.forbidden"), t("history.forbidden"));
  // The entries' names come from the people of the thing.
  await thing.people({ signal }).catch(() => {});
  let day = "";
  return h("div", { class: "timeline" }, await pages(async (page, pageSize) => {
    const result = await list("/api/audit", { query: { ...thing.audit, page, pageSize }, signal });
    await lookUp(usersOf(result.items), signal);
    return result;
  }, (entry) => {
    const today = date(entry.at);
    const isNew = today !== day;
    day = today;
    return h("li", { class: isNew ? "day" : null },
      isNew ? h("h2", {}, today) : null,
      h("div", { class: `mark ${tone(entry.action)}`, "aria-hidden": "true" }),
      h("div", { class: "grow" }, h("p", {}, sentence(entry)), details(entry)),
      h("span", { class: "soft when" }, when(entry.at)));
  }, { caption: t("thing.history") }));
}

function tone(action) {
  if (/(removed|revoked|deleted|expired|rejected)$/.test(action)) return "bad";
  return /(created|added|accepted)$/.test(action) ? "good" : "";
}
