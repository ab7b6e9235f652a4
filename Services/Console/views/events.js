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
  const load = async (after, limit, options) => get(PATH, {
    query: { scope: "platform", after, limit, ...options }, signal });
  const last = await newest((after) => load(after, 1));
  const rows = longList(t("events"));
  const foot = h("div", { class: "more" });
  const none = h("div");
  let [oldest, latest] = [last, last];

  async function older() {
    const from = Math.max(0, oldest - WINDOW);
    const { data } = await load(from, WINDOW, filter);
    const found = data.filter(({ sequence }) => sequence <= oldest).reverse();
    oldest = from;
    await add(found, rows.add);
    put(foot, oldest > 0 ? more : null);
    put(none, rows.count ? null : empty(t("events.none"), oldest > 0
      ? t("events.older") : ""));
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
      const { data, next_after: next } = await load(latest, WINDOW, filter);
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

/** The greatest sequence. The feed is oldest first, so it is looked for by doubling and halving. */
async function newest(load) {
  let low = 0; // there is a later event, or none at all
  let high = 1024;
  while ((await load(high)).data.length) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await load(middle)).data.length) low = middle;
    else high = middle;
  }
  return high;
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
