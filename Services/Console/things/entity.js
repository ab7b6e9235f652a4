// An entity: who has access and why, and how that is given and taken back.

import { api, get, list, patch, post, Problem, put, remove } from "../lib/api.js";
import { codeText, date, named, parts, t } from "../lib/i18n.js";
import {
  isMe, learn, learnColleagues, lookUp, myOrganizations, nameOf, person as known, suggest,
} from "../lib/people.js";
import { can, isAdmin, session } from "../lib/session.js";

const STORES = ["organization_store", "public_store"];

export async function load(id, signal, query) {
  const entity = await get(api`/api/entities/${id}`, { signal }).catch((error) => {
    // Platform admins have no access of their own, but can ask about everyone's.
    if (error.status !== 404 || !isAdmin() || !can("access:check")) throw error;
    return { id, name: query.name ?? id, type: "app", isForeign: true };
  });
  const [{ isPublisher }, organizations] = await Promise.all([
    get(api`/api/entities/${id}/publishers/me`, { signal, quiet: true }), myOrganizations(signal),
  ]);
  await Promise.all([learnColleagues(signal), lookUp([entity.ownerId], signal)]);
  const isOwner = isMe(entity.ownerId);
  const organization = organizations.find((one) => one.id === entity.organizationId);
  const canShare = !entity.isForeign && (isPublisher || entity.resharing === "anyone");
  const thing = {
    kind: entity.type, base: "entities", id: entity.id, name: entity.name, text: entity.description,
    ownerId: entity.ownerId, isOwner, organization: organization?.name,
    access: entity.access,
    audit: isPublisher || isAdmin() ? { entityId: entity.id } : null,
    invitations: isOwner, organizations,
  };
  thing.isPublisher = isPublisher;
  thing.manage = can("entities:write") ? manage(thing, entity) : null;
  thing.people = (options) => (isPublisher || (isAdmin() && can("access:check"))
    ? people(thing, options) : ownAccess(thing, options));
  thing.share = canShare && can("entities:share") ? sharing(thing, isPublisher) : null;
  thing.stores = isPublisher && can("entities:share_store") ? organizations : [];
  return thing;
}

function manage(thing, { resharing }) {
  const path = api`/api/entities/${thing.id}`;
  return {
    path, resharing, canEdit: thing.isPublisher, canTransfer: thing.isOwner,
    canDelete: thing.isOwner,
    async owners() {
      const { items } = await get(`${path}/people`, { query: { pageSize: 100 } });
      return items.filter(({ user }) => !isMe(user.id))
        .map(({ user }) => [user.id, `${user.displayName} (${user.email})`]);
    },
    setOwner: (userId) => put(`${path}/owner`, { userId }),
  };
}

async function people(thing, { search, cursor, signal }) {
  const query = { search, cursor, pageSize: 50 };
  const page = await get(api`/api/entities/${thing.id}/people`, { query, signal });
  learn(page.items.map(({ user }) => user));
  await lookUp(page.items.flatMap(({ paths }) => paths.map(({ grantedBy }) => grantedBy)), signal);
  return {
    people: page.items.map(({ user, paths }) => row(thing, user, paths)),
    next: page.next, everyone: page.everyone,
  };
}

/** What a user without the right to ask about others sees: themselves, and the shares they gave. */
async function ownAccess(thing, { signal }) {
  const [mine, shares] = await Promise.all([
    get(api`/api/entities/${thing.id}/access`, { signal }),
    list(api`/api/entities/${thing.id}/shares`, { query: { pageSize: 100 }, signal }),
  ]);
  learn(shares.items.map(({ user }) => user));
  const given = shares.items.filter(({ user, createdBy }) => isMe(createdBy) && !isMe(user.id));
  return {
    people: [
      row(thing, session.me, mine.paths),
      ...given.map((share) => ({
        ...row(thing, share.user, [{
          via: "direct_share", grantId: share.id, grantedBy: share.createdBy,
          grantedAt: share.createdAt,
        }]),
        revoke: revokeShare(thing, share),
      })),
    ],
    next: null, everyone: mine.paths.some(({ via }) => via === "public_store"), isPartial: true,
  };
}

function row(thing, user, paths) {
  const canRevoke = thing.isPublisher || (isAdmin() && can("access:revoke"));
  const isOwner = user.id === thing.ownerId;
  const own = paths.filter(({ via }) => !STORES.includes(via));
  const first = isOwner ? "owner" : paths[0]?.via;
  return {
    key: user.id, id: user.id, name: user.displayName, detail: user.email,
    level: named("level", first), since: paths[0]?.grantedAt,
    paths: paths.map((path) => explained(thing, path, isOwner)),
    // Publishers can't share with themselves what they stop publishing.
    choice: thing.isPublisher && !isOwner && !isMe(user.id)
      && ["publisher", "direct_share"].includes(first)
      ? levelChoice(thing, user, first, own) : null,
    revoke: canRevoke && !isOwner && own.length ? revoke(thing, user, paths) : null,
  };
}

/** A path in words, and what it goes through. */
function explained(thing, path, isOwner) {
  const { via, grantedBy, grantedAt, organizationId } = path;
  const store = thing.organizations.find(({ id }) => id === organizationId)?.name;
  const isTop = via === "publisher" && isOwner;
  const key = isTop ? "owner" : via;
  const name = store ?? t("why.someStore");
  const way = {
    key: STORES.includes(via) ? `${via} ${organizationId}` : key,
    name: STORES.includes(via) ? t(`way.${via}`, { name }) : t(`way.${key}`),
  };
  const by = isMe(grantedBy) ? t("byYou") : nameOf(grantedBy);
  const values = { by, date: date(grantedAt), name };
  return { way, text: parts(`why.${key}`, values).join("") };
}

function levelChoice(thing, user, value, own) {
  return {
    value, options: ["publisher", "direct_share"].map((level) => [level, named("level", level)]),
    async change(level) {
      if (level === "publisher") {
        await post(api`/api/entities/${thing.id}/publishers`, { userId: user.id });
        return;
      }
      const publishers = api`/api/entities/${thing.id}/publishers`;
      await remove(`${publishers}/${user.id}`);
      if (own.some(({ via }) => via === "direct_share")) return;
      // Publishers get no share. It is nothing new for them, so that they aren't mailed.
      await post(api`/api/entities/${thing.id}/shares`, { emails: [user.email], notify: false })
        .catch(async (error) => {
          await post(publishers, { userId: user.id });
          throw error;
        });
    },
  };
}

function revoke(thing, user, paths) {
  const kept = paths.filter(({ via }) => STORES.includes(via));
  const lines = (some) => some.map((path) => explained(thing, path, false).text);
  return {
    name: user.displayName, thing: thing.name,
    ends: lines(paths.filter((path) => !kept.includes(path))), stays: lines(kept),
    run: () => remove(api`/api/entities/${thing.id}/access/${user.id}`),
  };
}

function revokeShare(thing, share) {
  return {
    name: share.user.displayName, thing: thing.name, ends: [t("why.direct_share", {
      by: t("byYou"), date: date(share.createdAt),
    })], stays: [], run: () => remove(api`/api/entities/${thing.id}/shares/${share.id}`),
  };
}

// Sharing

function sharing(thing, isPublisher) {
  const levels = ["direct_share"];
  const canInvite = thing.isOwner && can("invitations:write");
  const isInvitation = (level) => level === "collaborator" || level === "viewer";
  if (isPublisher) levels.push("publisher");
  if (canInvite) levels.push("collaborator", "viewer");
  return {
    label: t("share.people"), hint: t("share.people.hint"),
    levels: levels.map((level) => [level, t(`share.level.${level}`)]),
    suggest: (text) => suggest(text).map(({ name, email }) => (
      { value: email, name, detail: email })),
    check: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text),
    message: isInvitation,
    notify: (level) => !isInvitation(level),
    inviteUnknown: (level) => canInvite && level === "direct_share",
    add: (emails, level, { message, ...options }) => (isInvitation(level)
      ? invite(thing, emails, level, message)
      : give(thing, emails, level, options).catch((error) => refused(error, emails))),
  };
}

async function give(thing, emails, level, options) {
  const { created, alreadyHadAccess, invited, notFound } = await post(
    api`/api/entities/${thing.id}/shares`, { emails, ...options });
  learn(created.map(({ user }) => user));
  const results = [
    ...created.map(({ user }) => ({ name: user.displayName, id: user.id, outcome: "added" })),
    ...alreadyHadAccess.map(({ email, userId, via }) => ({
      name: known(userId)?.name ?? email, id: userId, via, outcome: "had" })),
    ...invited.map(({ email }) => ({ name: email, outcome: "isInvited" })),
    ...notFound.map((email) => ({ name: email, outcome: "unknown", email })),
  ];
  if (level === "publisher") {
    for (const result of results.filter(({ id, via }) => id && via !== "publisher")) {
      await post(api`/api/entities/${thing.id}/publishers`, { userId: result.id });
      result.outcome = "added";
    }
  }
  const canInvite = thing.isOwner && can("invitations:write");
  return results.map((result) => (result.outcome === "unknown" && canInvite
    ? { ...result, invite: () => invite(thing, [result.email],
      level === "publisher" ? "collaborator" : "viewer") } : result));
}

/** The addresses that the API names in a refusal. All or nothing: the others got no share. */
function refused(error, emails) {
  const named = (error.errors ?? []).map(({ pointer }) => /^\/emails\/(\d+)$/.exec(pointer ?? ""));
  const wrong = named.filter(Boolean).map(([, index]) => emails[index]);
  if (wrong.length === 0) throw error;
  return wrong.map((name) => ({ name, outcome: "refused" }));
}

async function invite(thing, emails, role, message) {
  const { results } = await post(api`/api/v1/entities/${thing.id}/invitations/bulk`, {
    invitations: emails.map((email) => ({ email, role })), ...(message ? { message } : {}),
  });
  return results.map(({ email, status, problem }) => ({
    name: email, outcome: status === "created" ? "invited" : "failed", detail: problem && codeText(problem),
  }));
}

// Stores

/** Where the entity is published among the caller's organizations: `{id, name, publication}`. */
export async function stores(thing, signal) {
  return Promise.all(thing.stores.map(async ({ id, name }) => {
    const { items } = await list(api`/api/organizations/${id}/store`, {
      query: { pageSize: 100 }, signal,
    }).catch((error) => {
      if (error instanceof Problem && error.status === 404) return { items: [] };
      throw error;
    });
    return { id, name, publication: items.find(({ entity }) => entity.id === thing.id) };
  }));
}

/** @param wanted "none", "members" or "everyone" */
export async function publish(thing, { id, publication }, wanted) {
  const isPublic = wanted === "everyone";
  if (wanted === "none") {
    await remove(api`/api/organizations/${id}/store/${publication.id}`);
  } else if (publication) {
    await patch(api`/api/organizations/${id}/store/${publication.id}`, { isPublic });
  } else {
    await post(api`/api/organizations/${id}/store`, { entityId: thing.id, isPublic });
  }
}
