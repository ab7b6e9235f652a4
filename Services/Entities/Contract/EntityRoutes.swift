import Contract

/// Every public route of the entities context, declared once: the service mounts them, the
/// gateway routes and checks scopes by them.
public enum EntityRoutes {
    /// What changes or removes an entity, its versions and its installations needs this.
    static let write = ["entities:write"]

    /// In the order of the product's reference.
    public static let all: [Endpoint] =
        entities + shares + publishers + versions + installations + access

    // MARK: Entities

    static let entities = [
        createEntity, listEntities, getEntity, updateEntity, deleteEntity, transferEntity,
    ]

    public static let createEntity = Endpoint(
        "createEntity", .post, "/api/entities", scopes: write,
        summary: "Create an entity; the caller becomes its owner and first publisher")
    public static let listEntities = Endpoint(
        "listEntities", .get, "/api/entities", summary: "The entities that the caller may access")
    public static let getEntity = Endpoint(
        "getEntity", .get, "/api/entities/{entityId}", summary: "One entity")
    public static let updateEntity = Endpoint(
        "updateEntity", .patch, "/api/entities/{entityId}", scopes: write,
        summary: "Change an entity's name, slug or description; publishers only")
    public static let deleteEntity = Endpoint(
        "deleteEntity", .delete, "/api/entities/{entityId}", scopes: write,
        summary: "Delete an entity and all that hangs on it; its owner only")
    public static let transferEntity = Endpoint(
        "transferEntity", .put, "/api/entities/{entityId}/owner", scopes: write,
        summary: "Hand an entity over to another user; its owner only")

    // MARK: Shares

    static let shares = [
        shareEntity, listShares, removeShare, listSharesReceived, listSharesGiven,
    ]

    public static let shareEntity = Endpoint(
        "shareEntity", .post, "/api/entities/{entityId}/shares", scopes: ["entities:share"],
        summary: "Share an entity with users by their e-mail addresses")
    public static let listShares = Endpoint(
        "listShares", .get, "/api/entities/{entityId}/shares",
        summary: "Whom an entity is shared with, as far as the caller may know")
    public static let removeShare = Endpoint(
        "removeShare", .delete, "/api/entities/{entityId}/shares/{shareId}",
        summary: "Take a share back; its creator only")
    public static let listSharesReceived = Endpoint(
        "listSharesReceived", .get, "/api/entities/shared-with-me",
        summary: "The entities that others have shared with the caller")
    public static let listSharesGiven = Endpoint(
        "listSharesGiven", .get, "/api/entities/shares", summary: "The shares that the caller made")

    // MARK: Publishers

    static let publishers = [listPublishers, addPublisher, checkPublisher, removePublisher]

    public static let listPublishers = Endpoint(
        "listPublishers", .get, "/api/entities/{entityId}/publishers",
        summary: "Who may push versions of an entity")
    public static let addPublisher = Endpoint(
        "addPublisher", .post, "/api/entities/{entityId}/publishers",
        summary: "Let a user publish an entity; publishers only")
    public static let checkPublisher = Endpoint(
        "checkPublisher", .get, "/api/entities/{entityId}/publishers/me",
        summary: "Whether the caller is a publisher of an entity")
    public static let removePublisher = Endpoint(
        "removePublisher", .delete, "/api/entities/{entityId}/publishers/{userId}",
        summary: "Take a user's right to publish; publishers only, never the last one")

    // MARK: Versions

    static let versions = [pushVersion, listVersions, getVersion]

    public static let pushVersion = Endpoint(
        "pushVersion", .post, "/api/entities/{entityId}/versions", scopes: write,
        summary: "Push a version; publishers only")
    public static let listVersions = Endpoint(
        "listVersions", .get, "/api/entities/{entityId}/versions",
        summary: "The versions of an entity")
    public static let getVersion = Endpoint(
        "getVersion", .get, "/api/entities/{entityId}/versions/{version}",
        summary: "One version of an entity")

    // MARK: Installations

    static let installations = [installEntity, uninstallEntity, listInstallations]

    public static let installEntity = Endpoint(
        "installEntity", .put, "/api/entities/{entityId}/installation", scopes: write,
        summary: "Install an entity for the caller, or another version of it")
    public static let uninstallEntity = Endpoint(
        "uninstallEntity", .delete, "/api/entities/{entityId}/installation", scopes: write,
        summary: "Remove the caller's installation")
    public static let listInstallations = Endpoint(
        "listInstallations", .get, "/api/installations", summary: "The caller's installations")

    // MARK: Access

    static let access = [explainAccess, checkAccess]

    public static let explainAccess = Endpoint(
        "explainAccess", .get, "/api/entities/{entityId}/access",
        summary: "Whether and by what a user may access an entity")
    public static let checkAccess = Endpoint(
        "checkAccess", .post, "/api/access/check", readsOnly: true,
        summary: "Access of up to 1,000 pairs of entity and user")
}
