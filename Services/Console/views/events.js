// The platform's events, newest first, and as they happen.

import { get } from "../lib/api.js";
import { brand } from "../lib/brand.js";
import { h, put } from "../lib/dom.js";
import { checkbox, check } from "../lib/forms.js";
import { named, t } from "../lib/i18n.js";
import { lookUp, nameOf } from "../lib/people.js";
import { remember } from "../lib/router.js";
import { refresh } from "../lib/shell.js";
import {
  attempt, button, empty, head, longList, problemText, searchField, toast, when,
} from "../lib/ui.js";

const WINDOW = 100;
const PATH = "/api/v1/events";

export default async function events({ query, signal }) {
  const filter = { type: query.type, subject: query.subject };
  const load = (options) => get(PATH, {
    query: { scope: "platform", limit: WINDOW, ...options }, signal });
  const rows = longList(t("events"));
  const foot = h("div", { class: "more" });
  const none = h("div");
  // Of all events, so that following begins behind what is there, whatever the filter.
  let latest = (await load({ order: "desc", limit: 1 })).data[0]?.sequence ?? 0;
  let cursor;

  async function older() {
    const { data, next_after: next, has_more: hasMore } = await load(
      { ...filter, order: "desc", after: cursor });
    cursor = next;
    latest = Math.max(latest, data[0]?.sequence ?? 0);
    await add(data, rows.add);
    put(foot, hasMore ? more : null);
    put(none, rows.count ? null : empty(t("events.none"), hasMore ? t("events.older") : ""));
  }
  async function add(found, place) {
    await lookUp(found.map(({ actor_id: actor }) => actor), signal);
    place(found.map(row));
  }
  const more = button(t("events.more"), () => attempt(more, older));
  await older();

  const live = checkbox(false, { onchange: () => follow() });
  async function follow() {
    if (!live.checked || signal.aborted) return;
    try {
      const { data, next_after: next } = await load({ ...filter, after: latest });
      latest = next;
      if (data.length) put(none);
      await add(data.reverse(), rows.addFirst);
    } catch (error) {
      if (error.name === "AbortError") return;
      live.checked = false;
      toast(problemText(error), "bad");
    }
    setTimeout(follow, 2000);
  }

  const search = (key) => searchField(t(`events.${key}`), filter[key], (text) => {
    remember({ ...filter, [key]: text });
    refresh();
  });
  return [head(t("events"), { lead: t("events.text") }),
    h("div", { class: "filters" }, search("type"), search("subject"),
      check(t("events.live"), live)), none, rows.element, foot];
}

function row(event) {
  const { type, subject, parent, actor_id: actor, sequence, data } = event;
  return h("li", {}, h("div", { class: "grow" }, h("p", { class: "strong" }, type),
    h("p", { class: "soft" }, actor ? nameOf(actor) : brand.productName, " · ",
      named("subject", subject.type), " ", h("code", {}, subject.id)),
    h("details", {}, h("summary", {}, t("audit.details")), h("dl", {},
      h("dt", {}, t("events.sequence")), h("dd", {}, String(sequence)),
      h("dt", {}, "id"), h("dd", {}, h("code", {}, event.id)),
      parent ? [h("dt", {}, t("events.parent")), h("dd", {},
        h("code", {}, `${parent.type} ${parent.id}`))] : null),
    h("pre", { class: "json", tabindex: "0", "aria-label": type }, JSON.stringify(data, null, 2)))),
  h("span", { class: "soft when" }, when(event.created_at)));
}
