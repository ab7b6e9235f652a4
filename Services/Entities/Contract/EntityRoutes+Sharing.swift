import Contract
import Kernel

extension EntityRoutes {
    // MARK: Shares

    static let shares = EndpointGroup(
        "Shares",
        "Access that one user gives another. A share lets its receiver see and install an entity, "
            + "and share it further; it gives no right to change anything.",
        path: [entityId, Member("shareId", "The share.", .id("shr_"))],
        [
            shareEntity, listShares, removeShare, listSharesReceived, listSharesGiven,
        ])

    public static let shareEntity = Endpoint(
        "shareEntity", .post, "/api/entities/{entityId}/shares", scopes: ["entities:share"],
        summary: "Share an entity with users by their e-mail addresses",
        details: "All or nothing: if one address may not be shared with, nobody gets a share. "
            + "Sharing with someone who shares no organization with the caller also needs the "
            + "scope `entities:share_external`. Every address gets its own result.",
        takes: .json(NewSharesBody.self),
        answers: .ok(ShareOutcomeBody.self, "What became of each address."),
        problems: [
            .forbidden(
                "external_share_not_allowed",
                "An address belongs to somebody outside of the caller's organizations, and the "
                    + "token lacks `entities:share_external`."), userDeleted, accessUnknown,
            .tooManyUnknownUsers, .quotaExceeded("shares given by the caller"),
        ])
    public static let listShares = Endpoint(
        "listShares", .get, "/api/entities/{entityId}/shares",
        summary: "Whom an entity is shared with, as far as the caller may know",
        details: "Publishers see all shares; others those that they gave or got.",
        answers: .list(of: ShareBody<Never>.self), problems: [accessUnknown])
    public static let removeShare = Endpoint(
        "removeShare", .delete, "/api/entities/{entityId}/shares/{shareId}",
        summary: "Take a share back; its creator only",
        details: "It holds from the next request on.", answers: .noContent,
        problems: [
            .forbidden("not_the_creator", "The caller sees the share, but somebody else made it.")
        ])
    public static let listSharesReceived = Endpoint(
        "listSharesReceived", .get, "/api/entities/shared-with-me",
        summary: "The entities that others have shared with the caller", query: [ofType],
        answers: .list(of: ShareBody<EntityBody>.self))
    public static let listSharesGiven = Endpoint(
        "listSharesGiven", .get, "/api/entities/shares", summary: "The shares that the caller made",
        query: [ofType], answers: .list(of: ShareBody<EntitySummaryBody>.self))

    // MARK: Publishers

    static let publishers = EndpointGroup(
        "Publishers",
        "Who may push versions of an entity and change it. Any publisher may name and remove "
            + "others; the owner always is one.",
        path: [entityId, Member("userId", "The publisher.", .id("usr_"))],
        [listPublishers, addPublisher, checkPublisher, removePublisher])

    public static let listPublishers = Endpoint(
        "listPublishers", .get, "/api/entities/{entityId}/publishers",
        summary: "Who may push versions of an entity", answers: .list(of: PublisherBody.self),
        problems: [accessUnknown])
    public static let addPublisher = Endpoint(
        "addPublisher", .post, "/api/entities/{entityId}/publishers",
        summary: "Let a user publish an entity; publishers only",
        details: "A user who does not exist is 422.", takes: .json(UserReferenceBody.self),
        answers: .created(PublisherBody.self, "He is a publisher now."),
        .ok(PublisherBody.self, "He was a publisher already."),
        problems: [
            notPublisher, userDeleted, accessUnknown, .tooManyUnknownUsers,
            .quotaExceeded("publishers of the entity"),
        ])
    public static let checkPublisher = Endpoint(
        "checkPublisher", .get, "/api/entities/{entityId}/publishers/me",
        summary: "Whether the caller is a publisher of an entity",
        details: "False also for entities that are hidden or do not exist.",
        answers: .ok(PublisherStatusBody.self, "Whether he is."))
    public static let removePublisher = Endpoint(
        "removePublisher", .delete, "/api/entities/{entityId}/publishers/{userId}",
        summary: "Take a user's right to publish; publishers only, never the last one",
        answers: .noContent,
        problems: [
            notPublisher, userDeleted, accessUnknown,
            .conflict("last_publisher", "An entity keeps at least one publisher."),
            .conflict("owner_is_publisher", "The owner is always one: transfer ownership first."),
        ])

    // MARK: Access

    static let access = EndpointGroup(
        "Access",
        "Whether a user may access an entity, and by what. The steps are asked in this order: "
            + EntityWords.steps.map { "`\($0)`" }.joined(separator: ", ") + ".",
        path: [entityId], [explainAccess, checkAccess])

    public static let explainAccess = Endpoint(
        "explainAccess", .get, "/api/entities/{entityId}/access",
        summary: "Whether and by what a user may access an entity",
        details: "All grants that are found. Only publishers may ask about others.",
        query: [Member("userId", "About whom; the caller by default.", .id(like: "usr_"))],
        answers: .ok(AccessBody.self, "Every grant that was found."),
        problems: [notPublisher, accessUnknown])
    public static let checkAccess = Endpoint(
        "checkAccess", .post, "/api/access/check", readsOnly: true,
        summary: "Access of up to 1,000 pairs of entity and user",
        details: "A pair is not granted also where the entity does not exist, or the caller may "
            + "not ask because it is about somebody else and he is no publisher.",
        takes: .json(AccessChecksBody.self),
        answers: .ok(AccessResultsBody.self, "One result for each check, in their order."),
        problems: [accessUnknown])
}
