// Invitations that the caller received.

import { api, list, post } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { named, parts, t } from "../lib/i18n.js";
import { isMe, learn } from "../lib/people.js";
import { session } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import {
  attempt, badge, button, empty, head, icon, pages, section, toast, when,
} from "../lib/ui.js";

const TONES = { pending: "accent", accepted: "good", expired: "warn" };

export default async function received({ signal }) {
  const load = (path, size) => async (page, pageSize) => {
    const result = await list(path, { query: { page, [size]: pageSize }, signal });
    learn(result.items.map((one) => one.inviter));
    return result;
  };
  return [
    head(t("invitations"), { lead: t("received.text") }),
    section(t("received.workspaces"), await pages(
      load("/api/v2/workspaceInvitations", "pageSize"), workspaceRow,
      { caption: t("received.workspaces"), whenEmpty: empty(t("invitations.none")) })),
    section(t("received.entities"), await pages(
      load("/api/v1/invitations", "page_size"), entityRow,
      { caption: t("received.entities"), whenEmpty: empty(t("invitations.none")) })),
  ];
}

/** Rows of the invitations to answer. */
export async function waitingForMe(signal) {
  const [entities, workspaces] = await Promise.all([
    list("/api/v1/invitations", { query: { status: "pending", page_size: 50 }, signal }),
    list("/api/v2/workspaceInvitations", { query: { status: "pending", pageSize: 50 }, signal }),
  ]);
  learn([...entities.items, ...workspaces.items].map((one) => one.inviter));
  return [...workspaces.items.map(workspaceRow), ...entities.items.map(entityRow)];
}

function workspaceRow(one) {
  const send = (status) => () => post(api`/api/v2/workspaceInvitations/${one.id}`,
    { status, userEmail: session.me.email });
  return row("workspace", textOf(one.workspaceName, one.permissions), one.status, one.inviter,
    one.expirationDate, answers(one.workspaceName, send("accepted"), send("rejected")));
}

/** To what it is, as what; without a name where the caller can't learn it any longer. */
function textOf(name, role) {
  return name ? parts("received.to", {
    name: h("strong", {}, name), role: named("level", role) })
    : t("received.ended", { role: named("level", role) });
}

function answers(name, accept, decline) {
  const answer = (key, done, kind, send) => {
    const act = button(t(key), async () => {
      if (!await attempt(act, send)) return;
      toast(t(done));
      await refresh();
    }, { kind, "aria-label": t(`${key}.of`, { name }) });
    return act;
  };
  return [answer("accept", "home.accepted", "first", accept),
    answer("decline", "home.declined", "second", decline)];
}

function entityRow(one) {
  const token = one.accept_url && new URL(one.accept_url).searchParams.get("token");
  const send = (path) => () => post(path, { token });
  const actions = token ? answers(one.entity_name ?? "", send("/api/v1/invitations/accept"),
    send("/api/v1/invitations/decline")) : [];
  return row("mail", textOf(one.entity_name, one.role), one.status, one.inviter, one.expires_at,
    actions);
}

/** @param by who sent it: a name and an address, so that nobody passes as somebody else. */
function row(name, text, status, by, expiresAt, actions) {
  const isPending = status === "pending";
  const inviter = by && !isMe(by.id) ? t("received.by", {
    name: by.displayName ?? by.display_name, email: by.email }) : null;
  const until = isPending ? parts("expires", { when: when(expiresAt) }) : null;
  return h("li", { class: "thing" }, h("span", { class: "tile" }, icon(name)),
    h("div", { class: "grow" }, h("p", {}, text),
      h("p", { class: "soft" }, inviter, inviter && until ? " · " : null, until)),
    h("div", { class: "actions" }, isPending ? actions
      : badge(named("status", status), TONES[status])));
}
