import Contract
import Kernel

extension EntityRoutes {
    // MARK: Shares

    static let shares = EndpointGroup(
        "Shares",
        "Access that one user gives another. A share lets its recipient see, install and share an "
            + "entity; it gives no right to change anything.",
        path: [entityId, Member("shareId", "The share.", .id("shr_"))],
        [
            shareEntity, listShares, revokeShare, listReceivedShares, listGivenShares,
        ])

    public static let shareEntity = Endpoint(
        "shareEntity", .post, "/api/entities/{entityId}/shares", scopes: ["entities:share"],
        summary: "Share an entity with users by e-mail address",
        details: "Everybody with access can share, unless the entity's `resharing` is "
            + "`publishers`. All or nothing: if sharing with one address is not allowed, no shares "
            + "are created. Sharing with users who have no organization in common with the caller "
            + "also requires the scope `entities:share_external`. Each address has its own result. "
            + "Users who get access are told so by e-mail: several shares within a minute are one "
            + "mail, and a share that is revoked before is in none. `notify` and the user's own "
            + "`emailNotifications` stop it. With `inviteUnknown` the owner invites addresses that "
            + "belong to no user in the same request: all of them, or the response is a problem "
            + "and nothing is shared. An address that is invited already stays so and gets no "
            + "second e-mail.",
        takes: .json(NewSharesBody.self),
        answers: .ok(ShareOutcomeBody.self, "The result for each address."),
        problems: [
            EntityProblems.resharingOff, EntityProblems.externalShareNotAllowed,
            EntityProblems.notOwner, .userDeleted, EntityProblems.accessUnknown,
            .tooManyUnknownUsers, EntityProblems.invitationQuotaExceeded,
            .quotaExceeded("shares given by the caller"),
        ])
    public static let listShares = Endpoint(
        "listShares", .get, "/api/entities/{entityId}/shares",
        summary: "List the shares of an entity",
        details: "Publishers see all shares; other callers those that they gave or received.",
        answers: .list(of: ShareBody<Never>.self), problems: [EntityProblems.accessUnknown])
    public static let revokeShare = Endpoint(
        "revokeShare", .delete, "/api/entities/{entityId}/shares/{shareId}",
        summary: "Revoke a share; its creator only",
        details: "Takes effect at the next request.", answers: .noContent,
        problems: [EntityProblems.notCreator])
    public static let listReceivedShares = Endpoint(
        "listReceivedShares", .get, "/api/entities/shared-with-me",
        summary: "List the entities that others have shared with the caller", query: [ofType],
        answers: .list(of: ShareBody<EntityBody>.self))
    public static let listGivenShares = Endpoint(
        "listGivenShares", .get, "/api/entities/shares",
        summary: "List the shares that the caller created",
        query: [ofType], answers: .list(of: ShareBody<EntitySummaryBody>.self))

    // MARK: Publishers

    static let publishers = EndpointGroup(
        "Publishers",
        "Users who can push versions of an entity and change it. Any publisher can add and remove "
            + "others; the owner is always one.",
        path: [entityId, Member("userId", "The publisher.", .id("usr_").naming(.user))],
        [listPublishers, addPublisher, checkPublisher, removePublisher])

    public static let listPublishers = Endpoint(
        "listPublishers", .get, "/api/entities/{entityId}/publishers",
        summary: "List the publishers of an entity", answers: .list(of: PublisherBody.self),
        problems: [EntityProblems.accessUnknown])
    public static let addPublisher = Endpoint(
        "addPublisher", .post, "/api/entities/{entityId}/publishers",
        summary: "Add a publisher to an entity; publishers only",
        details: "Returns 422 if the user does not exist.", takes: .json(UserReferenceBody.self),
        answers: .created(PublisherBody.self, "Publisher added."),
        .ok(PublisherBody.self, "Already a publisher."),
        problems: [
            EntityProblems.notPublisher, .userDeleted, EntityProblems.accessUnknown,
            .tooManyUnknownUsers, .quotaExceeded("publishers of the entity"),
        ])
    public static let checkPublisher = Endpoint(
        "checkPublisher", .get, "/api/entities/{entityId}/publishers/me",
        answersAtOnce: .always, summary: "Check whether the caller is a publisher of an entity",
        details: "False also for entities that are hidden or do not exist.",
        answers: .ok(PublisherStatusBody.self, "The caller's status."))
    public static let removePublisher = Endpoint(
        "removePublisher", .delete, "/api/entities/{entityId}/publishers/{userId}",
        summary: "Remove a publisher from an entity; publishers only", answers: .noContent,
        problems: [
            EntityProblems.notPublisher, .userDeleted, EntityProblems.accessUnknown,
            EntityProblems.lastPublisher, EntityProblems.ownerIsPublisher,
        ])

    // MARK: Access

    static let access = EndpointGroup(
        "Access",
        "Whether a user can access an entity, and why. The steps are checked in this order: "
            + AccessStep.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ") + ".",
        path: [entityId, Member("userId", "The user.", .id(like: "usr_").naming(.user))],
        [getEntityAccess, listEntityPeople, revokeEntityAccess, checkAccess])

    public static let getEntityAccess = Endpoint(
        "getEntityAccess", .get, "/api/entities/{entityId}/access",
        summary: "Explain a user's access to an entity",
        details: "Returns every grant, of stores at most \(EntityLimits.stores) for each step. "
            + "Publishers can ask about other users; platform admins with the scope "
            + "`access:check` about everybody and every entity.",
        query: [
            Member("userId", "The user; the caller by default.", .id(like: "usr_").naming(.user))
        ],
        answers: .ok(AccessBody.self, "The user's access."),
        problems: [EntityProblems.notPublisher, EntityProblems.accessUnknown])
    public static let listEntityPeople = Endpoint(
        "listEntityPeople", .get, "/api/entities/{entityId}/people",
        summary: "List everybody who has access to an entity; publishers only",
        details: "Each user once, members of organizations whose stores have the entity included. "
            + "A public store sets `everyone` and adds no items. Suspended users are left out. "
            + "Also for platform admins with the scope `access:check`. The list ends where `next` "
            + "is `null`; a page of a search can be empty before that.",
        query: [
            Member("via", "Only users with a grant of this step.", .words(AccessStep.allCases)),
            Member(
                "search", "Part of the address, username or display name, in any case.",
                .search(max: Text.maximumEmail), example: "grace"),
            Member("cursor", "The `next` of the previous page."),
            Member(
                "pageSize", "Maximum number of items.",
                .number(EntityLimits.people, else: PageRequest.defaultSize)),
        ], answers: .ok(PeopleBody.self, "A page of users."),
        problems: [EntityProblems.notPublisher, EntityProblems.accessUnknown])
    public static let revokeEntityAccess = Endpoint(
        "revokeEntityAccess", .delete, "/api/entities/{entityId}/access/{userId}",
        summary: "Revoke a user's access to an entity; publishers only",
        details: "Removes every grant that the entity itself holds, also those that others gave: "
            + "shares, the right to publish, collaboration. Also revokes a pending invitation to "
            + "the user's address. If there is nothing to remove, or no such user, `removed` is "
            + "empty. Requires the scope `entities:write`. Platform admins with the scope "
            + "`access:revoke` can do this for every entity.",
        answers: .ok(AccessRevocationBody.self, "What was removed, and what remains."),
        problems: [
            .insufficientScope, EntityProblems.notPublisher, .userDeleted,
            EntityProblems.accessUnknown, EntityProblems.ownerIsPublisher,
        ])
    public static let checkAccess = Endpoint(
        "checkAccess", .post, "/api/access/check", readsOnly: true, answersAtOnce: .usually,
        summary: "Check access for up to 1,000 pairs of entity and user",
        details: "Publishers can ask about other users; platform admins with the scope "
            + "`access:check` about everybody. For other callers `granted` is false and `reason` "
            + "is `not_allowed_to_ask`. `granted` is also false if the entity does not exist.",
        takes: .json(AccessChecksBody.self),
        answers: .ok(AccessResultsBody.self, "One result for each check, in the same order."),
        problems: [EntityProblems.accessUnknown])
}
