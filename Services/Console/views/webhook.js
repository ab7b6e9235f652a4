// A webhook and its deliveries.

import { api, get, list, patch, post, remove } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formDialog, secretDialog, textInput } from "../lib/forms.js";
import { parts, t, tn } from "../lib/i18n.js";
import { go, link, remember } from "../lib/router.js";
import { can } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import {
  attempt, badge, button, choice, confirm, copyable, empty, head, pages, section, toast, when,
} from "../lib/ui.js";
import { eventsInput, eventsOf, stateOf } from "./webhooks.js";

export const TONES = { delivered: "good", failed: "bad", pending: "accent" };

export default async function webhook({ params, query, signal }) {
  const path = api`/api/v1/webhooks/${params.id}`;
  const one = await get(path, { signal });
  const canChange = can("webhooks:write");
  const states = ["", "pending", "delivered", "failed"];
  return [
    head(one.url, {
      trail: [[t("webhooks"), link("webhooks")]], badges: stateOf(one),
      actions: canChange ? actions(one, path) : [],
    }),
    one.disabled_reason ? h("p", { class: "notice" },
      t(`webhooks.reason.${one.disabled_reason}.text`)) : null,
    h("p", { class: "soft facts" }, copyable(one.id), h("span", {},
      t(`webhooks.scope.${one.scope}`)), h("span", {},
      one.events.includes("*") ? t("webhooks.all") : one.events.join(", "))),
    section(t("deliveries"),
      h("div", { class: "filters" },
        choice(states.map((state) => [state, t(`delivery.${state || "all"}`)]),
          query.status ?? "", { "aria-label": t("deliveries.status"), onchange: ({ target }) => {
            remember({ status: target.value });
            refresh();
          },
        }),
        canChange ? [button(t("deliveries.since"), () => redeliverSince(path)),
          button(t("webhooks.test"), (event) => test(path, event.target))] : null,
        button(t("reload"), refresh)),
      await pages((page, size) => list(`${path}/deliveries`, {
        query: { status: query.status, page, page_size: size }, signal,
      }), (delivery) => row(delivery, path, one.id, canChange), {
        caption: t("deliveries"),
        whenEmpty: empty(t("deliveries.none"), t("deliveries.none.text")),
      })),
  ];
}

function row(delivery, path, id, canChange) {
  const { event_id: event, type, status, attempts, last_status: last } = delivery;
  const { last_error: error, next_attempt_at: next } = delivery;
  return h("li", {}, h("div", { class: "grow" },
    h("a", { href: link("webhooks", id, "deliveries", event), class: "strong" }, type),
    h("p", { class: "soft" }, when(delivery.created_at), " · ", tn("deliveries.attempts", attempts),
      last ? ` · HTTP ${last}` : null,
      next && attempts ? [` · ${t("deliveries.next")}: `, when(next)] : null),
    error ? h("p", { class: "soft" }, error) : null),
  h("div", { class: "actions" }, badge(t(`delivery.${status}`), TONES[status]),
    canChange ? redeliverButton(path, delivery) : null));
}

/** Sends the event of a delivery again. */
export function redeliverButton(path, { event_id: event, type }, kind = "second small") {
  const again = button(t("redeliver"), async () => {
    const isDone = await attempt(again,
      () => post(`${path}${api`/deliveries/${event}/redeliver`}`));
    if (!isDone) return;
    toast(t("redelivered"));
    await refresh();
  }, { kind, "aria-label": t("redeliver.of", { type, id: event }) });
  return again;
}

function actions(one, path) {
  return [
    button(t(one.enabled ? "webhooks.disable" : "webhooks.enable"), (event) =>
      attempt(event.target, async () => {
        await patch(path, { enabled: !one.enabled });
        await refresh();
      })),
    button(t("edit"), async () => {
      const isDone = await formDialog(t("edit.of", { name: one.url }), {
        inputs: {
          url: [t("webhooks.url"), textInput(one.url, { type: "url" })],
          events: [t("webhooks.events"), eventsInput(one.events), t("webhooks.events.hint")],
        }, label: t("save"),
        send: ({ url, events }) => patch(path, { url, events: eventsOf(events) }),
      });
      if (isDone) await refresh();
    }),
    button(t("webhooks.rotate"), async () => {
      let secret;
      const isDone = await confirm(t("webhooks.rotate.title"),
        h("p", {}, t("webhooks.rotate.text")), t("webhooks.rotate"), async () => {
          ({ secret } = await post(`${path}/rotate-secret`));
        });
      if (isDone) secretDialog(t("webhooks.secret"), t("webhooks.secret.text"), secret);
    }),
    button(t("delete"), async () => {
      const isDone = await confirm(t("webhooks.delete.title"),
        h("p", {}, parts("webhooks.delete.text", { url: h("strong", {}, one.url) })), t("delete"),
        () => remove(path));
      if (isDone) go(link("webhooks"));
    }, { kind: "danger" }),
  ];
}

async function test(path, opener) {
  const isDone = await attempt(opener, () => post(`${path}/test`, { type: "webhook.test" }));
  if (!isDone) return;
  toast(t("webhooks.tested"));
  await refresh();
}

async function redeliverSince(path) {
  const result = await formDialog(t("deliveries.since"), {
    text: t("deliveries.since.text"), inputs: {
      since: [t("deliveries.from"), textInput("", { type: "datetime-local" })],
    }, label: t("redeliver"), send: ({ since }) => post(`${path}/redeliver`, {
      since: since ? new Date(since).toISOString() : "" }),
  });
  if (!result) return;
  toast(tn("deliveries.queued", result.queued));
  await refresh();
}
