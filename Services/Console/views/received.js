// Invitations that the caller received.

import { api, list, post } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { named, parts, t } from "../lib/i18n.js";
import { isMe, lookUp, nameOf, person } from "../lib/people.js";
import { session } from "../lib/session.js";
import { refresh } from "../lib/shell.js";
import {
  attempt, badge, button, empty, head, icon, pages, section, toast, when,
} from "../lib/ui.js";

const TONES = { pending: "accent", accepted: "good", expired: "warn" };

export default async function received({ signal }) {
  const load = (path, size) => async (page, pageSize) => {
    const result = await list(path, { query: { page, [size]: pageSize }, signal });
    await lookUp(result.items.map((one) => one.invited_by ?? one.invitedBy), signal);
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
  await lookUp([...entities.items.map((one) => one.invited_by),
    ...workspaces.items.map((one) => one.invitedBy)], signal);
  return [...workspaces.items.map(workspaceRow), ...entities.items.map(entityRow)];
}

function workspaceRow(one) {
  const text = parts("home.invitation.workspace", {
    name: h("strong", {}, one.workspaceName), role: named("level", one.permissions) });
  return row("workspace", text, one.status, one.invitedBy, one.expirationDate, [
    answer(t("accept"), "first", one, "accepted"), answer(t("decline"), "second", one, "rejected"),
  ]);
}

function answer(label, kind, invitation, status) {
  const act = button(label, async () => {
    const isDone = await attempt(act, () => post(
      api`/api/v2/workspaceInvitations/${invitation.id}`,
      { status, userEmail: session.me.email }));
    if (!isDone) return;
    toast(t(status === "accepted" ? "home.accepted" : "home.declined"));
    await refresh();
  }, { kind });
  return act;
}

function entityRow(one) {
  const token = one.accept_url && new URL(one.accept_url).searchParams.get("token");
  const accept = button(t("accept"), async () => {
    const isDone = await attempt(accept, () => post("/api/v1/invitations/accept", { token }));
    if (!isDone) return;
    toast(t("home.accepted"));
    await refresh();
  }, { kind: "first" });
  // What it is to is shown by its own page: until then the invitee can't see the entity.
  const review = h("a", { class: "button second", href: one.accept_url }, t("review"));
  const text = parts("home.invitation.entity", { role: named("level", one.role) });
  return row("mail", text, one.status, one.invited_by,
    one.expires_at, token ? [accept, review] : []);
}

function row(name, text, status, by, expiresAt, actions) {
  const isPending = status === "pending";
  const inviter = person(by) && !isMe(by) ? t("received.by", { name: nameOf(by) }) : null;
  const until = isPending ? parts("expires", { when: when(expiresAt) }) : null;
  return h("li", { class: "thing" }, h("span", { class: "tile" }, icon(name)),
    h("div", { class: "grow" }, h("p", {}, text),
      h("p", { class: "soft" }, inviter, inviter && until ? " · " : null, until)),
    h("div", { class: "actions" }, isPending ? actions
      : badge(named("status", status), TONES[status])));
}
