import Contract
import Kernel

extension EntityRoutes {
    static let entities = EndpointGroup(
        "Entities",
        "Apps, services and chat extensions. An entity has one owner and any number of publishers; "
            + "whoever may not see it is told that it does not exist.", path: [entityId],
        [
            createEntity, listEntities, getEntity, updateEntity, deleteEntity, transferEntity,
        ])

    public static let createEntity = Endpoint(
        "createEntity", .post, "/api/entities", scopes: write,
        summary: "Create an entity; the caller becomes its owner and first publisher",
        details: "Whether the caller belongs to the organization is asked of the service that "
            + "knows: while it is away, an entity can only be created without one.",
        takes: .json(NewEntityBody.self), answers: .created(EntityBody.self, tagged: true),
        problems: [
            userDeleted, slugTaken, .quotaExceeded("entities created by the caller"),
        ])
    public static let listEntities = Endpoint(
        "listEntities", .get, "/api/entities", summary: "The entities that the caller may access",
        details: "Newest first, each with the first step of the hierarchy that lets the caller in.",
        query: [
            ofType,
            Member(
                "search", "Part of the name or slug, in any case.", .search(), example: "notes"),
        ], answers: .list(of: EntityBody.self), problems: [accessUnknown])
    public static let getEntity = Endpoint(
        "getEntity", .get, "/api/entities/{entityId}", summary: "One entity",
        answers: .ok(EntityBody.self, "The entity."), problems: [accessUnknown])
    public static let updateEntity = Endpoint(
        "updateEntity", .patch, "/api/entities/{entityId}", scopes: write,
        summary: "Change an entity's name, slug or description; publishers only",
        details: "What the body does not mention stays. Stores show a new name soon after.",
        takes: .json(EntityPatchBody.self),
        answers: .ok(EntityBody.self, "The entity as it is now.", tagged: true),
        problems: [notPublisher, userDeleted, slugTaken, accessUnknown])
    public static let deleteEntity = Endpoint(
        "deleteEntity", .delete, "/api/entities/{entityId}", scopes: write,
        summary: "Delete an entity and all that hangs on it; its owner only",
        details: "Its versions, publishers, shares and installations go with it, and it is taken "
            + "out of every store.",
        answers: .noContent, problems: [notOwner, userDeleted, accessUnknown])
    public static let transferEntity = Endpoint(
        "transferEntity", .put, "/api/entities/{entityId}/owner", scopes: write,
        summary: "Hand an entity over to another user; its owner only",
        details: "The new owner becomes a publisher, if he is none; the former one stays a "
            + "publisher. A user who does not exist is 422.",
        takes: .json(UserReferenceBody.self),
        answers: .ok(EntityBody.self, "The entity with its new owner."),
        problems: [
            notOwner, userDeleted, accessUnknown, .tooManyUnknownUsers,
            .quotaExceeded("publishers of the entity"),
        ])
}
