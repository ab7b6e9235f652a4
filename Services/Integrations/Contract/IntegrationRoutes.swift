import Contract
import Kernel

/// Every public route of the integrations context, declared once: the service mounts them, the
/// gateway routes and checks scopes by them, OpenAPI and the reference page are made from them.
///
/// The scopes that they name must be in the caller's token; whether he may do it to this
/// integration or team depends on data, so the service decides.
public enum IntegrationRoutes {
    static let write = ["integration:write"]
    static let share = ["integration:share"]
    static let changeOwner = ["integration:changeOwner"]
    /// Asked by the service where a team is to be the owner: the route alone does not tell.
    public static let changeOwnerToTeam = ["integration:changeOwnerToTeam"]

    /// In the order of the product's reference.
    public static let groups = [integrations, sharing, teams]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    static let id = Member("id", "The integration: its id or its slug.", .id(like: "int_"))

    // MARK: Problems that several routes have in common

    static let notManager = ProblemType.forbidden(
        "not_an_integration_manager",
        "The caller sees the integration, but neither owns it, nor is `data-wizard` or `admin` of "
            + "the team that does, nor a platform admin.")
    static let userDeleted = ProblemType.forbidden(
        "user_deleted", "The caller was deleted while the request was on its way.")
    static let slugTaken = ProblemType.conflict(
        "slug_taken", "Another integration has this slug already.")

    // MARK: Integrations

    static let integrations = EndpointGroup(
        "Integrations",
        "What connects the platform with something else. Its owner is a user or a team; principals "
            + "(`user:<username>`, `team:<teamId>`) have shares of it. Answers are HAL: "
            + "`GET /api/integrations` is the root, from which links and templates (RFC 6570) lead "
            + "everywhere: `inf:find` to an integration, `inf:find-share` to a share, `inf:access` "
            + "to the caller's access, `inf:teams` and `inf:team` to teams. Embedded are "
            + "`inf:integration`, `inf:integration-share`, `inf:user`, `inf:team` and "
            + "`inf:team-member`.",
        path: [id],
        [
            listIntegrations, createIntegration, getIntegration, updateIntegration,
            deleteIntegration, getIntegrationAccess,
        ])

    public static let listIntegrations = Endpoint(
        "listIntegrations", .get, "/api/integrations",
        summary: "The integrations that the caller may see, and the root of all links",
        details: "Newest first. He sees what he or a team of his owns or has a share of; platform "
            + "admins see all.",
        query: [search],
        answers: .list(
            of: IntegrationBody.self, as: IntegrationRelations.integration,
            links: IntegrationRootLinks.self))
    public static let createIntegration = Endpoint(
        "createIntegration", .post, "/api/integrations", scopes: write,
        summary: "Create an integration; the caller becomes its owner",
        takes: .json(NewIntegrationBody.self),
        answers: .created(IntegrationBody.self, tagged: true).hal,
        problems: [
            slugTaken, userDeleted, .quotaExceeded("integrations created by the caller"),
        ])
    public static let getIntegration = Endpoint(
        "getIntegration", .get, "/api/integrations/{id}", summary: "One integration",
        answers: .ok(IntegrationBody.self, "The integration.").hal)
    public static let updateIntegration = Endpoint(
        "updateIntegration", .patch, "/api/integrations/{id}", scopes: write,
        summary: "Change an integration's name, slug or description",
        details: "What the body does not mention stays; `null` clears the description.",
        takes: .json(IntegrationPatchBody.self),
        answers: .ok(IntegrationBody.self, "The integration as it is now.", tagged: true).hal,
        problems: [notManager, slugTaken, userDeleted])
    public static let deleteIntegration = Endpoint(
        "deleteIntegration", .delete, "/api/integrations/{id}", scopes: write,
        summary: "Delete an integration and its shares",
        details: "For its owner, for `admin`s of the team that owns it, and for platform admins.",
        answers: .noContent,
        problems: [
            .forbidden(
                "not_an_integration_owner",
                "The caller sees the integration, but neither owns it, nor is `admin` of the team "
                    + "that does, nor a platform admin."), userDeleted,
        ])
    public static let getIntegrationAccess = Endpoint(
        "getIntegrationAccess", .get, "/api/integrations/{id}/access",
        summary: "The highest access level that the caller has",
        details: "Over all shares of his and of his teams; `via` is the principal whose share "
            + "counts. Who owns it, himself or by a team, has the highest level there is, `via` is "
            + "`owner`; so have platform admins, by `platform_admin`.",
        answers: .ok(IntegrationAccessBody.self, "His access.").hal)

    static let search = Member(
        "search", "Part of the name or slug, in any case.", .search(), example: "crm")
}
