// Invitations: those that a thing has sent, and all that concern the caller.

import { api, list, post, remove } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { named, parts, t } from "../lib/i18n.js";
import { isMe, lookUp, nameOf } from "../lib/people.js";
import { refresh } from "../lib/shell.js";
import { attempt, badge, button, confirm, empty, pages, toast, when } from "../lib/ui.js";

const TONES = { pending: "accent", accepted: "good", expired: "warn", revoked: "", rejected: "" };

/** Both kinds of invitations in one form. */
function entityInvitation(thing, one) {
  const path = api`/api/v1/entities/${thing.id}/invitations/${one.id}`;
  return {
    email: one.email, role: one.role, status: one.status, by: one.invited_by,
    expiresAt: one.expires_at, mail: one.email_status, mailError: one.email_error,
    canResend: ["pending", "expired"].includes(one.status), canRevoke: one.status === "pending",
    resend: () => post(`${path}/resend`), revoke: () => remove(path),
  };
}

function workspaceInvitation(thing, one) {
  const path = api`/api/v2/workspaceInvitations/${one.id}`;
  return {
    email: one.invitedEmail, role: one.permissions, status: one.status, by: one.invitedBy,
    expiresAt: one.expirationDate, mail: one.emailStatus, mailError: one.emailError,
    canResend: one.status === "pending", canRevoke: one.status === "pending",
    resend: () => post(`${path}/resend`), revoke: () => remove(path),
  };
}

/** A page of a thing's invitations. */
async function loadOf(thing, page, size, options, status) {
  if (thing.kind === "workspace") {
    const { items, total } = await list(api`/api/v2/workspaces/${thing.id}/pendingInvitations`,
      { method: "POST", query: { page, pageSize: size }, ...options });
    return { total, items: items.map((one) => workspaceInvitation(thing, one)) };
  }
  const { items, total } = await list(api`/api/v1/entities/${thing.id}/invitations`,
    { query: { status, page, page_size: size }, ...options });
  return { total, items: items.map((one) => entityInvitation(thing, one)) };
}

export async function invitationsOf(thing, { signal }) {
  return pages(async (page, size) => {
    const result = await loadOf(thing, page, size, { signal });
    await lookUp(result.items.map(({ by }) => by), signal);
    return result;
  }, (invitation) => invitationRow(invitation, refresh), {
    caption: t("thing.invitations"),
    whenEmpty: empty(t("invitations.none"), t("invitations.none.text")),
  });
}

/** Pending ones of a thing, as rows; none if the caller can't see them. */
export async function pendingOf(thing, done) {
  if (!thing.invitations && !thing.workspaceInvitations) return [];
  const { items } = await loadOf(thing, 1, 100, {}, "pending");
  return items.filter(({ status }) => status === "pending")
    .map((invitation) => invitationRow(invitation, done));
}

function invitationRow(invitation, done) {
  const { email, role, status, by, expiresAt, mail, mailError } = invitation;
  return h("li", {}, h("div", { class: "grow" }, h("p", { class: "strong" }, email),
    h("p", { class: "soft" }, t("invitations.by", {
      role: named("level", role), name: isMe(by) ? t("byYou") : nameOf(by) }), " · ",
    status === "pending" ? parts("expires", { when: when(expiresAt) }) : null),
    mail === "failed" ? h("p", { class: "mistake plain" }, t("invitations.mailFailed"), " ",
      mailError ?? "") : null),
  h("div", { class: "actions" }, badge(named("status", status), TONES[status]),
    invitation.canResend ? resendButton(invitation) : null,
    invitation.canRevoke ? button(t("revoke"), async () => {
      const isDone = await confirm(t("invitations.revoke.title", { email }),
        h("p", {}, t("invitations.revoke.text")), t("revoke"), invitation.revoke);
      if (isDone) await done();
    }, { kind: "quiet small", "aria-label": t("revoke.of", { name: email }) }) : null));
}

function resendButton(invitation) {
  const act = button(t("resend"), async () => {
    if (await attempt(act, invitation.resend)) toast(t("resent", { email: invitation.email }));
  }, { kind: "second small", "aria-label": t("resend.of", { email: invitation.email }) });
  return act;
}
