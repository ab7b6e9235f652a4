import Contract
import Kernel

extension EntityRoutes {
    static let entities = EndpointGroup(
        "Entities",
        "Apps, services and chat extensions. An entity has one owner and any number of publishers. "
            + "For callers without access it does not exist.", path: [entityId],
        [
            createEntity, listEntities, getEntity, updateEntity, deleteEntity, transferEntity,
        ])

    public static let createEntity = Endpoint(
        "createEntity", .post, "/api/entities", scopes: write,
        summary: "Create an entity; the caller becomes its owner and first publisher",
        details: "To create an entity in an organization, the caller must be a member of it. While "
            + "membership can't be checked, only entities without an organization can be created.",
        takes: .json(NewEntityBody.self), answers: .created(EntityBody.self, tagged: true),
        problems: [
            .userDeleted, .slugTaken, .externalIdTaken, .adminTokenRequired,
            .quotaExceeded("entities created by the caller"),
        ])
    public static let listEntities = Endpoint(
        "listEntities", .get, "/api/entities", summary: "List the entities a user can access",
        details: "Newest first, each with the first access step that applies to the user. Platform "
            + "admins with the scope `access:check` can ask about other users.",
        query: [
            Member("userId", "The user; the caller by default.", .id(like: "usr_").naming(.user)),
            ofType,
            Member(
                "search", "Part of the name or slug, in any case.", .search(), example: "notes"),
        ], answers: .list(of: EntityBody.self),
        problems: [.insufficientScope, EntityProblems.accessUnknown])
    public static let getEntity = Endpoint(
        "getEntity", .get, "/api/entities/{entityId}", summary: "Get an entity",
        answers: .ok(EntityBody.self, "The entity."), problems: [EntityProblems.accessUnknown])
    public static let updateEntity = Endpoint(
        "updateEntity", .patch, "/api/entities/{entityId}", scopes: write,
        summary: "Update an entity; publishers only",
        details: "Absent members stay unchanged. Stores show a new name shortly afterwards.",
        takes: .json(EntityPatchBody.self),
        answers: .ok(EntityBody.self, "The updated entity.", tagged: true),
        problems: [
            EntityProblems.notPublisher, .userDeleted, .slugTaken, .externalIdTaken,
            .adminTokenRequired, EntityProblems.accessUnknown,
        ])
    public static let deleteEntity = Endpoint(
        "deleteEntity", .delete, "/api/entities/{entityId}", scopes: write,
        summary: "Delete an entity; owner only",
        details: "Also deletes its versions, publishers, shares and installations, and removes it "
            + "from every store.",
        answers: .noContent,
        problems: [
            EntityProblems.notOwner, .userDeleted, EntityProblems.accessUnknown,
        ])
    public static let transferEntity = Endpoint(
        "transferEntity", .put, "/api/entities/{entityId}/owner", scopes: write,
        summary: "Transfer ownership of an entity to another user; owner only",
        details:
            "The new owner becomes a publisher; the former owner stays one. Returns 422 if the "
            + "user does not exist.",
        takes: .json(UserReferenceBody.self),
        answers: .ok(EntityBody.self, "The entity with its new owner."),
        problems: [
            EntityProblems.notOwner, .userDeleted, EntityProblems.accessUnknown,
            .tooManyUnknownUsers, .quotaExceeded("publishers of the entity"),
        ])
}
