import Contract
import EntitiesContract
import Kernel

extension OrganizationRoutes {
    static let store = EndpointGroup(
        "Stores",
        "What an organization publishes to its members or to everyone. A publication gives access "
            + "from the next request on.",
        path: [id, Member("publicationId", "The publication's id.", .id("pub_"))],
        [
            listPublications, publishEntity, unpublishEntity, getPublication, updatePublication,
            deletePublication, listPublicStores,
        ])

    private static let publisherProblems =
        roleProblems + [
            OrganizationProblems.notPublisher, OrganizationProblems.entitiesUnavailable,
        ]

    public static let listPublications = Endpoint(
        "listPublications", .get, "/api/organizations/{id}/store",
        summary: "List a store's publications",
        details: "Members see all of them, others the public ones. For others a store without "
            + "public publications does not exist.",
        query: [Member("type", "Only entities of this type.", .entityType)],
        answers: .list(of: PublicationBody.self))
    public static let publishEntity = Endpoint(
        "publishEntity", .post, "/api/organizations/{id}/store", scopes: publish,
        summary: "Publish an entity to a store",
        details: "For publishers of the entity.",
        takes: .json(NewPublicationBody.self),
        answers: .created(PublicationBody.self, "Published.", tagged: true),
        problems: publisherProblems + [
            OrganizationProblems.alreadyPublished, .quotaExceeded("publications in the store"),
        ])
    public static let unpublishEntity = Endpoint(
        "unpublishEntity", .delete, "/api/organizations/{id}/store", scopes: publish,
        summary: "Remove an entity from a store",
        details: "For publishers of the entity who are members, and for its owner, from any store. "
            + "The entity is named in the body or, for clients that "
            + "can't send one with DELETE, in the query.",
        query: [
            Member(
                "entityId", "The entity's id if there is no body.",
                .id(like: "ent_").naming(.entity))
        ],
        takes: .optional(EntityReferenceBody.self), answers: .noContent,
        problems: publisherProblems)
    public static let getPublication = Endpoint(
        "getPublication", .get, "/api/organizations/{id}/store/{publicationId}",
        answersAtOnce: .always, summary: "Get a publication",
        details: "Members see all of them, others the public ones.",
        answers: .ok(PublicationBody.self, "The publication."))
    public static let updatePublication = Endpoint(
        "updatePublication", .patch, "/api/organizations/{id}/store/{publicationId}",
        scopes: publish, summary: "Show a publication to everyone, or to members only",
        details: "Only a publisher of the entity can make it public.",
        takes: .json(PublicationPatchBody.self),
        answers: .ok(PublicationBody.self, "The updated publication.", tagged: true),
        problems: publisherProblems)
    public static let deletePublication = Endpoint(
        "deletePublication", .delete, "/api/organizations/{id}/store/{publicationId}",
        scopes: publish, summary: "Remove a publication from a store",
        details: "For every member whose role can publish, not only for the entity's publishers, "
            + "and for the entity's owner, from any store.",
        answers: .noContent,
        problems: roleProblems + [OrganizationProblems.entitiesUnavailable])
    public static let listPublicStores = Endpoint(
        "listPublicStores", .get, "/api/stores",
        summary: "List organizations with a public store",
        query: [search], answers: .list(of: PublicStoreBody.self))
}
