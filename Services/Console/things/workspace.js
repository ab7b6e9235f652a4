// A workspace: its users, and who is invited to it.

import { api, get, list, post, put } from "../lib/api.js";
import { date, named, t } from "../lib/i18n.js";
import { isMe, learn, learnColleagues, suggest } from "../lib/people.js";
import { can } from "../lib/session.js";
import { problemText } from "../lib/ui.js";

export async function load(id, signal) {
  const [workspace] = await Promise.all([
    get(api`/api/v2/workspaces/${id}`, { signal }), learnColleagues(signal),
  ]);
  const isOwner = workspace.permissions === "owner";
  const canShare = workspace.permissions !== "read" && can("workspaces:write");
  const thing = {
    kind: "workspace", base: "workspaces", id: workspace.id, name: workspace.name,
    ownerId: workspace.ownerId, isOwner, access: workspace.permissions,
    audit: isOwner ? { workspaceId: workspace.id } : null, workspaceInvitations: canShare,
    people: (options) => people(thing, options),
    share: canShare ? sharing(workspace.id) : null, stores: [],
  };
  if (isOwner && can("workspaces:write")) thing.manage = manage(thing);
  return thing;
}

function manage(thing) {
  const path = api`/api/v2/workspaces/${thing.id}`;
  return {
    path, canEdit: true, canTransfer: true, canDelete: true,
    async owners() {
      const { items } = await list(`${path}/sharedUsers`, { query: { pageSize: 100 } });
      return items.filter(({ userId }) => !isMe(userId))
        .map(({ userId, displayName, email }) => [userId, `${displayName} (${email})`]);
    },
    setOwner: (userId) => put(`${path}/owner`, { userId }),
  };
}

async function people(thing, { search, signal }) {
  const { items, total } = await list(api`/api/v2/workspaces/${thing.id}/sharedUsers`, {
    query: { pageSize: 100 }, signal,
  });
  learn(items);
  const words = (search ?? "").toLowerCase();
  return {
    total, next: null, everyone: false,
    people: items.map((user) => row(thing, user)).filter(({ name, detail }) =>
      `${name} ${detail}`.toLowerCase().includes(words)),
  };
}

function row(thing, user) {
  const { permissions } = user;
  const canChange = thing.isOwner && permissions !== "owner";
  const text = t("why.workspace", {
    level: named("level", permissions), date: date(user.sharedAt),
  });
  return {
    key: user.userId, id: user.userId, name: user.displayName, detail: user.email,
    level: named("level", permissions), since: user.sharedAt,
    paths: [{ way: { key: permissions, name: t(`way.${permissions}`) }, text }],
    choice: canChange ? {
      value: permissions, options: ["read", "write"].map((one) => [one, named("level", one)]),
      change: (value) => post(api`/api/v2/workspaces/${thing.id}/sharedUsers/${user.userId}`,
        { permissions: value }),
    } : null,
    revoke: canChange || (isMe(user.userId) && permissions !== "owner") ? {
      name: user.displayName, thing: thing.name, ends: [text], stays: [],
      run: () => post(api`/api/v2/workspaces/${thing.id}/sharedUsers/${user.userId}/remove`),
    } : null,
  };
}

function sharing(id) {
  return {
    label: t("share.people"), hint: t("share.workspace.hint"),
    levels: ["read", "write"].map((level) => [level, t(`share.level.${level}`)]),
    suggest: (text) => suggest(text).map(({ name, email }) => (
      { value: email, name, detail: email })),
    check: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text),
    async add(emails, permissions) {
      const results = [];
      for (const invitedEmail of emails) {
        try {
          await post(api`/api/v2/workspaces/${id}/invite`, { invitedEmail, permissions });
          results.push({ name: invitedEmail, outcome: "invited" });
        } catch (error) {
          if (![409, 422].includes(error.status)) throw error;
          results.push({ name: invitedEmail, outcome: "failed", detail: problemText(error) });
        }
      }
      return results;
    },
  };
}
