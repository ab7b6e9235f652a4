import Contract
import EntitiesContract
import Kernel

extension OrganizationRoutes {
    static let store = EndpointGroup(
        "Stores",
        "What an organization offers its members, and of that what it offers everybody. What is "
            + "published gives access: to members, or to all, from the next request on.",
        path: [id, Member("publicationId", "The publication.", .id("pub_"))],
        [
            listPublications, publishEntity, unpublishEntity, getPublication, updatePublication,
            deletePublication, listPublicStores,
        ])

    static let notPublisher = ProblemType.forbidden(
        "not_a_publisher", "The caller sees the entity, but does not publish it.")
    static let entitiesUnknown = ProblemType.unavailable(
        "entities_unavailable", "Whether the caller publishes the entity can't be found out.")

    public static let listPublications = Endpoint(
        "listPublications", .get, "/api/organizations/{id}/store",
        summary: "What a store offers",
        details: "Members see all of it, others what is public; a store without anything public "
            + "does not exist for them.",
        query: [Member("type", "Only entities of this type.", .words(EntityWords.types))],
        answers: .list(of: PublicationBody.self))
    public static let publishEntity = Endpoint(
        "publishEntity", .post, "/api/organizations/{id}/store", scopes: publish,
        summary: "Publish an entity to a store; its publishers only",
        takes: .json(NewPublicationBody.self),
        answers: .created(PublicationBody.self, "It is in the store.", tagged: true),
        problems: [
            notMember, insufficientRole, notPublisher, userDeleted, entitiesUnknown,
            .conflict("already_published", "The entity is in this store already."),
            .quotaExceeded("publications in the store"),
        ])
    public static let unpublishEntity = Endpoint(
        "unpublishEntity", .delete, "/api/organizations/{id}/store", scopes: publish,
        summary: "Take an entity out of a store; its publishers only",
        details: "The entity is named by the body or, for clients that can't send one with "
            + "DELETE, by the query.",
        query: [Member("entityId", "The entity, if there is no body.", .id(like: "ent_"))],
        takes: .optional(EntityReferenceBody.self), answers: .noContent,
        problems: [notMember, insufficientRole, notPublisher, userDeleted, entitiesUnknown])
    public static let getPublication = Endpoint(
        "getPublication", .get, "/api/organizations/{id}/store/{publicationId}",
        summary: "One publication", details: "Members see each, others the public ones.",
        answers: .ok(PublicationBody.self, "The publication."))
    public static let updatePublication = Endpoint(
        "updatePublication", .patch, "/api/organizations/{id}/store/{publicationId}",
        scopes: publish, summary: "Show a publication to everybody, or to members alone",
        details: "Making it public takes one of the entity's publishers, as publishing it does.",
        takes: .json(PublicationPatchBody.self),
        answers: .ok(PublicationBody.self, "The publication as it is now.", tagged: true),
        problems: [notMember, insufficientRole, notPublisher, userDeleted, entitiesUnknown])
    public static let deletePublication = Endpoint(
        "deletePublication", .delete, "/api/organizations/{id}/store/{publicationId}",
        scopes: publish, summary: "Take a publication out of a store",
        details: "Every member whose role may publish can, not only the entity's publishers.",
        answers: .noContent, problems: [notMember, insufficientRole, userDeleted])
    public static let listPublicStores = Endpoint(
        "listPublicStores", .get, "/api/stores",
        summary: "The organizations whose stores have something for everybody",
        query: [search], answers: .list(of: PublicStoreBody.self))
}
