// A delivery of a webhook: what was sent last, and what the receiver returned.

import { api, get } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { dateTime, integer, t, tn } from "../lib/i18n.js";
import { link } from "../lib/router.js";
import { can } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import { badge, button, copy, copyable, empty, head, section } from "../lib/ui.js";
import { redeliverButton, TONES } from "./webhook.js";

export default async function delivery({ params, signal }) {
  const path = api`/api/v1/webhooks/${params.id}`;
  const [webhook, one] = await Promise.all([get(path, { signal }),
    get(`${path}${api`/deliveries/${params.event}`}`, { signal })]);
  return [
    head(one.type, {
      trail: [[t("webhooks"), link("webhooks")], [webhook.url, link("webhooks", params.id)]],
      badges: badge(t(`delivery.${one.status}`), TONES[one.status]),
      actions: [can("webhooks:write") ? redeliverButton(path, one, "second") : [],
        button(t("reload"), refresh)],
    }),
    facts(one),
    // What went wrong comes first.
    one.request ? section(t("delivery.response"), one.response ? response(one.response)
      : empty(t("delivery.silent"), one.last_error)) : null,
    section(t("delivery.request"), one.request ? request(one.request)
      : one.attempts ? empty(t("delivery.unrecorded"), t("delivery.unrecorded.text"))
        : empty(t("delivery.unsent"))),
  ];
}

function facts(one) {
  const isSilent = one.request && !one.response;
  return [h("p", { class: "soft facts" }, copyable(one.event_id),
    h("span", {}, tn("deliveries.attempts", one.attempts))),
  h("dl", {}, list([
    ["deliveries.created", dateTime(one.created_at)],
    ["delivery.delivered", one.delivered_at && dateTime(one.delivered_at)],
    ["deliveries.next", one.next_attempt_at && dateTime(one.next_attempt_at)],
    ["delivery.error", isSilent ? null : one.last_error],
  ].map(([key, value]) => [t(key), value])))];
}

function request({ url, sent_at: sent, headers, body }) {
  return h("div", { class: "panel" }, h("div", { class: "row wrap" },
    h("code", { class: "grow" }, `POST ${url}`), copyButton(body, t("delivery.copy.request"))),
  h("dl", {}, list([[t("delivery.sent"), dateTime(sent)], ...fields(headers)])),
  text(pretty(body), t("delivery.request")),
  h("p", { class: "soft" }, t("delivery.signature")));
}

function response({ status, headers, body, is_truncated: isTruncated, duration_ms: duration }) {
  return h("div", { class: "panel" }, h("div", { class: "row wrap" },
    badge(`HTTP ${status}`, status >= 200 && status < 300 ? "good" : "bad"),
    h("span", { class: "soft grow" }, t("delivery.took", { count: integer(duration) })),
    body ? copyButton(body, t("delivery.copy.response")) : null),
  headers.length ? h("dl", {}, list(fields(headers))) : null,
  body ? text(body, t("delivery.response")) : h("p", { class: "soft" }, t("delivery.empty")),
  isTruncated ? h("p", { class: "soft" }, t("delivery.truncated")) : null);
}

const fields = (headers) => headers.map(({ name, value }) =>
  [h("code", {}, name), h("code", {}, value)]);

/** Terms and what they are, without those that have nothing. */
const list = (entries) => entries.filter(([, value]) => value).map(([name, value]) =>
  [h("dt", {}, name), h("dd", {}, value)]);

const text = (body, name) => h("pre", { class: "json", tabindex: "0", "aria-label": name }, body);

/** Copies a body as it was sent, however it is shown. */
const copyButton = (body, label) =>
  button(t("copy"), () => copy(body), { kind: "second small", "aria-label": label });

function pretty(json) {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
